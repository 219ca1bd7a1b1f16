import type { ExitName } from '../base/exit-codes.js'
import type { Result } from '../results/result.js'
import { compare, isEqual, type Row } from './compare.js'
import type { ExpectedResult } from './expected-result.js'

/** How far the two processes' times of one event may differ: a scheduling quantum, and the way through the kernel. */
const SLACK_MICROS = 10_000

/** The outcome of a selftest. */
export interface SelftestReport {
  /** miscount: the result is wrong. invalid: the machine was too slow to judge. */
  readonly outcome: 'exact' | 'miscount' | 'invalid' | 'interrupted'
  readonly reasons: readonly string[]
  readonly rows: readonly Row[]
  /** See ExpectedResult: an event-loop lag as long may change figures. */
  readonly closestMicros: number
  /** Longest event-loop lag of the generator. */
  readonly worstLagMicros: number
}

export const exitOfOutcome: Readonly<Record<SelftestReport['outcome'], ExitName>> = {
  exact: 'pass',
  miscount: 'internal',
  invalid: 'invalid',
  interrupted: 'interrupted',
}

/** Compares the result with the expected one. `worstLagMicros`: the generator's longest event-loop lag. */
export function judgeSelftest(
  result: Result,
  expected: ExpectedResult,
  worstLagMicros: number,
): SelftestReport {
  const rows = compare(result, expected)
  const { closestMicros } = expected
  const report = { rows, closestMicros, worstLagMicros }
  const { outcome, reasons } = result.verdict
  if (outcome === 'interrupted') return { ...report, outcome, reasons }
  // The plan has no validity bounds, so any reason is a violated accounting identity.
  if (reasons.length > 0) return { ...report, outcome: 'miscount', reasons }
  if (!rows.every(isEqual)) {
    if (worstLagMicros + SLACK_MICROS < closestMicros) return { ...report, outcome: 'miscount', reasons }
    return { ...report, outcome: 'invalid', reasons: [tooSlow] }
  }
  const absent = rows.filter(isAbsentFault).map(({ name }) => name)
  if (absent.length === 0) return { ...report, outcome: 'exact', reasons }
  return {
    ...report,
    outcome: 'invalid',
    reasons: [`faults that did not occur: ${absent.join(', ')}; ${tooSlow}`],
  }
}

export const tooSlow = 'this machine is too slow, or too busy, to tell a miscount from a late timer'

/** Whether no fault of a kind was injected, so that equal figures prove nothing. Breakdowns may be 0. */
function isAbsentFault({ block, name, expected }: Row): boolean {
  return expected === 0 && faults.has(name) && ['deliveries', 'published', 'connections'].includes(block)
}

/** Figures that are 0 with a server without faults. */
const faults: ReadonlySet<string> = new Set([
  'unpublished',
  'indeterminate',
  'late',
  'replayed',
  'lostInFlight',
  'lostOnDisconnect',
  'lostWhileOffline',
  'falseRecovery',
  'reordered',
  'duplicateInEpoch',
  'duplicateAcrossEpochs',
  'unexpected',
  'corrupted',
  'malformed',
  'failed',
  'refused',
  'unacked',
  'unackedDelivered',
  'reconnects',
])
