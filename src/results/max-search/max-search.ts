import type { ExitName } from '../../base/exit-codes.js'
import type { Component, Result, Verdict } from '../result.js'

/** What `wsbench run --find-max` comes to, version 1: each level with the whole result of its run. */
export interface MaxSearch {
  readonly version: 1
  readonly kind: 'find-max'
  readonly tool: Result['tool']
  readonly scenario: string
  readonly overrides: readonly string[]
  readonly gate: string
  readonly ramp: { readonly path: string; readonly from: string; readonly to: string }
  /** In the order they were tried. */
  readonly levels: readonly SearchLevel[]
  /** The highest level that held; null: not even the lowest did. */
  readonly highestPassing: Pick<SearchLevel, 'text' | 'value'> | null
  /** What ended the climb, at the lowest level that did not hold; null: all levels highestPassing, or it was interrupted. */
  readonly limitedBy: LimitingFactor | null
}

export interface SearchLevel {
  /** As the scenario writes it. */
  readonly text: string
  readonly value: number
  /** setup: the machine can't carry it, or a part would not start. */
  readonly outcome: Verdict['outcome'] | 'setup'
  readonly reasons: readonly string[]
  /** Of an invalid run, as its verdict has it. */
  readonly attributedTo: readonly Component[]
  readonly result: Result | null
}

/**
 * gate: the cluster missed it. machine: also a part that would not start. The others are whom an invalid run is laid on:
 * only `cluster` says something of the cluster.
 */
export interface LimitingFactor {
  readonly by: 'gate' | Component
  readonly text: string
  readonly value: number
  readonly reasons: readonly string[]
}

const blame = {
  fail: () => 'gate',
  invalid: ([surest = 'run']) => surest,
  setup: () => 'machine',
} as const satisfies Record<string, (attributedTo: readonly Component[]) => LimitingFactor['by']>

/** The outcome of a search, from the levels that were tried. */
export function concludeSearch(
  levels: readonly SearchLevel[],
): Pick<MaxSearch, 'highestPassing' | 'limitedBy'> {
  const byValue = levels.toSorted((one, other) => one.value - other.value)
  const broken = byValue.find(({ outcome }) => outcome in blame)
  const highestPassing = byValue
    .filter(({ outcome, value }) => outcome === 'pass' && value < (broken?.value ?? Number.POSITIVE_INFINITY))
    .at(-1)
  return {
    highestPassing: highestPassing ? { text: highestPassing.text, value: highestPassing.value } : null,
    limitedBy: broken ? limitedBy(broken) : null,
  }
}

function limitedBy({ outcome, text, value, reasons, attributedTo }: SearchLevel): LimitingFactor {
  return { by: blame[outcome as keyof typeof blame](attributedTo), text, value, reasons }
}

/** 0 if a level held; else as the run of the lowest level would exit. */
export function exitOfSearch({
  highestPassing,
  levels,
}: Pick<MaxSearch, 'highestPassing' | 'levels'>): ExitName {
  if (levels.some(({ outcome }) => outcome === 'interrupted')) return 'interrupted'
  if (highestPassing) return 'pass'
  const outcome = levels[0]?.outcome ?? 'interrupted'
  return outcome === 'fail' ? 'gate' : outcome
}
