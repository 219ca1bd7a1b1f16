import { type Gate, judgeGate } from '../gates/gates.js'
import type { GateResult, Result } from '../result.js'
import { incompatibilityOf, type KindOfDifference } from './incompatibilities.js'
import { judgeMetric, type MetricOutcome, type MetricVerdict } from './judge-metric.js'
import type { Limit } from './limit.js'
import { watchedOf } from './watched.js'

/** What `wsbench gate` found; version 1 of what it prints with `--json`. */
export interface BaselineReport {
  readonly version: 1
  readonly kind: 'gate'
  readonly tool: Result['tool']
  readonly scenario: string
  readonly runs: { readonly baseline: number; readonly candidate: number }
  /** Where the runs differ in scenario, gates, machine or versions. */
  readonly differences: readonly KindOfDifference[]
  readonly metrics: readonly JudgedMetric[]
  /** Absolute conditions, each of its worst run. */
  readonly gates: readonly GateResult[]
  readonly outcome: 'pass' | 'fail'
}

export interface JudgedMetric extends MetricVerdict {
  /** Whether it lets the runs pass: one that the baseline lacks does unless it was asked for by name. */
  readonly ok: boolean
}

export interface BaselineInput {
  readonly tool: Result['tool']
  readonly baseline: readonly Result[]
  /** At least one. */
  readonly candidate: readonly Result[]
  /** Instead of what is watched unless somebody says; none: that. */
  readonly limits: readonly Limit[]
  readonly gates: readonly Gate[]
}

/** What was asked for by name has to be there. */
const failing: readonly MetricOutcome[] = ['regression', 'missing']
const failingByName: readonly MetricOutcome[] = [...failing, 'no baseline']

/** Holds repeats of a run against those of its baseline; without a baseline, against the gates alone. */
export function reportOnBaseline(input: BaselineInput): BaselineReport {
  const { baseline, candidate, limits } = input
  const watched = baseline.length === 0 ? [] : limits.length > 0 ? limits : watchedOf(baseline[0]!)
  const grave = limits.length > 0 ? failingByName : failing
  const metrics = watched.map((limit) => {
    const verdict = judgeMetric(limit, baseline, candidate)
    return { ...verdict, ok: !grave.includes(verdict.outcome) }
  })
  const gates = input.gates.map((gate) => worstOf(gate, candidate))
  const isFailed = [...metrics, ...gates].some(({ ok }) => !ok)
  return {
    version: 1,
    kind: 'gate',
    tool: input.tool,
    scenario: candidate[0]!.scenario.name,
    runs: { baseline: baseline.length, candidate: candidate.length },
    differences: incompatibilityOf([...baseline, ...candidate]),
    metrics,
    gates,
    outcome: isFailed ? 'fail' : 'pass',
  }
}

function worstOf(gate: Gate, results: readonly Result[]): GateResult {
  const judged = results.map((result) => judgeGate(gate, result))
  return judged.find(({ ok }) => !ok) ?? judged[0]!
}
