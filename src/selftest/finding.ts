import type { ExitName } from '../base/exit-codes.js'
import type { Result } from '../results/result.js'
import { classNames, compare, isRight, type Row } from './compare.js'
import type { ExpectedResult } from './expected-result.js'

/** One scheduling quantum and the way through the kernel: what the two processes' times of one thing may differ by. */
const SLACK_MICROS = 10_000

/** What a selftest came to. */
export interface Finding {
  /** miscount: our figures are wrong. invalid: the machine was too slow to tell. */
  readonly outcome: 'exact' | 'miscount' | 'invalid' | 'interrupted'
  readonly reasons: readonly string[]
  readonly rows: readonly Row[]
  /** The least time by which a message came after the edge of a class; a lag as long may turn figures. */
  readonly closestMicros: number
  /** Of the generator's event loops. */
  readonly worstLagMicros: number
}

export const exitOfOutcome: Readonly<Record<Finding['outcome'], ExitName>> = {
  exact: 'pass',
  miscount: 'internal',
  invalid: 'invalid',
  interrupted: 'interrupted',
}

/** Lays the result beside the ledger. `worstLagMicros`: the latest that a timer of the generator ran. */
export function find(result: Result, truth: ExpectedResult, worstLagMicros: number): Finding {
  const rows = compare(result, truth)
  const { closestMicros } = truth
  const found = { rows, closestMicros, worstLagMicros }
  const { outcome, reasons } = result.verdict
  if (outcome === 'interrupted') return { ...found, outcome, reasons }
  // The plan bounds no strain, so what the run holds against itself is no matter of speed: books that do not balance.
  if (reasons.length > 0) return { ...found, outcome: 'miscount', reasons }
  if (!rows.every(isRight)) {
    if (worstLagMicros + SLACK_MICROS < closestMicros) return { ...found, outcome: 'miscount', reasons }
    return { ...found, outcome: 'invalid', reasons: [tooSlow] }
  }
  const untold = rows.filter(isUntold).map(({ name }) => name)
  if (untold.length === 0) return { ...found, outcome: 'exact', reasons }
  return {
    ...found,
    outcome: 'invalid',
    reasons: [`no lie of these was told: ${untold.join(', ')}; ${tooSlow}`],
  }
}

export const tooSlow = 'this machine is too slow, or too busy, to tell a miscount from a late timer'

/** Breakdowns may well have none; a total of 0 would prove nothing. */
function isUntold({ block, name, truth }: Row): boolean {
  return truth === 0 && lies.has(name) && ['deliveries', 'published', 'connections'].includes(block)
}

/** Names of rows that an honest server leaves at 0. */
const lies: ReadonlySet<string> = new Set([
  classNames.unpublished,
  classNames.indeterminate,
  classNames.replayed,
  classNames.lostInFlight,
  classNames.lostOnDisconnect,
  classNames.lostWhileOffline,
  classNames.falseRecovery,
  classNames.reordered,
  classNames.duplicateInEpoch,
  classNames.duplicateAcrossEpochs,
  'unexpected',
  'failed',
  'refused',
  'unacked',
  'unackedDelivered',
  'reconnects',
])
