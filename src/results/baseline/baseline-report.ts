import { z } from 'zod'
import type { Gate } from '../gates/gates.js'
import { type GateResult, gateResultSchema, type Result, toolSchema } from '../result.js'
import { amount, flag, list, object, text } from '../schema.js'
import type { MetricOutcome } from './finding.js'
import { judgeOverRuns } from './gate-over-runs.js'
import { incompatibilityOf, kindOfDifferenceSchema } from './incompatibilities.js'
import { isRareCount } from './judge-counts.js'
import { judgeMetric, type MetricVerdict, metricVerdictFields } from './judge-metric.js'
import type { Limit } from './limit.js'
import { watchedOf } from './watched.js'

const judgedMetricSchema = object({
  ...metricVerdictFields,
  /**
   * Whether it lets the command succeed. One that the baseline lacks does unless it was asked for by name; one that is
   * inconclusive does unless that is to fail.
   */
  ok: flag,
})
export interface JudgedMetric extends z.output<typeof judgedMetricSchema> {}

/** What `wsbench gate` found; version 1 of what it prints with `--json`. */
export const baselineReportSchema = object({
  version: z.literal(1),
  kind: z.literal('gate'),
  tool: toolSchema,
  scenario: text,
  runs: object({ baseline: amount, candidate: amount }),
  /** Where the runs differ in scenario, gates, machine or versions. */
  differences: list(kindOfDifferenceSchema),
  metrics: list(judgedMetricSchema),
  /** Absolute conditions, each by its worst run. */
  gates: list(gateResultSchema),
  /** inconclusive: nothing failed, but of some metric or gate these runs can't tell. */
  outcome: z.enum(['pass', 'fail', 'inconclusive']),
})
export interface BaselineReport extends z.output<typeof baselineReportSchema> {}

export interface BaselineInput {
  readonly tool: Result['tool']
  readonly baseline: readonly Result[]
  /** At least one. */
  readonly candidate: readonly Result[]
  /** Instead of what is watched by default; none: that. */
  readonly limits: readonly Limit[]
  readonly gates: readonly Gate[]
  readonly failsOnInconclusive?: boolean
}

/** Compares repeats of a run with those of its baseline; without a baseline, it judges the gates alone. */
export function reportOnBaseline(input: BaselineInput): BaselineReport {
  const { baseline, candidate, limits } = input
  const watched = baseline.length === 0 ? [] : limits.length > 0 ? limits : watchedOf(baseline[0]!)
  const failing: ReadonlySet<MetricOutcome> = new Set<MetricOutcome>([
    ...(['regression', 'missing'] as const),
    ...(limits.length > 0 ? (['no baseline'] as const) : []),
    ...(input.failsOnInconclusive ? (['inconclusive'] as const) : []),
  ])
  const metrics = judgeAll(watched, { baseline, candidate }).map((verdict) => ({
    ...verdict,
    ok: !failing.has(verdict.outcome),
  }))
  const gates = input.gates
    .map((gate) => judgeOverRuns(gate, candidate))
    .map((judged) =>
      judged.outcome === 'undecided' && input.failsOnInconclusive
        ? { ...judged, outcome: 'fail' as const }
        : judged,
    )
  return {
    version: 1,
    kind: 'gate',
    tool: input.tool,
    scenario: candidate[0]!.scenario.name,
    runs: { baseline: baseline.length, candidate: candidate.length },
    differences: incompatibilityOf([...baseline, ...candidate]),
    metrics,
    gates,
    outcome: outcomeOf(metrics, gates),
  }
}

function outcomeOf(
  metrics: readonly JudgedMetric[],
  gates: readonly GateResult[],
): BaselineReport['outcome'] {
  const has = (outcome: GateResult['outcome']) => gates.some((gate) => gate.outcome === outcome)
  if (metrics.some(({ ok }) => !ok) || has('fail')) return 'fail'
  const isUnknown = metrics.some(({ outcome }) => outcome === 'inconclusive') || has('undecided')
  return isUnknown ? 'inconclusive' : 'pass'
}

/** All metrics that are measured share one probability of a false alarm; each count has its own. */
export function judgeAll(
  limits: readonly Limit[],
  runs: Pick<BaselineInput, 'baseline' | 'candidate'>,
): MetricVerdict[] {
  const measured = limits.filter(({ metric }) => !isRareCount(metric)).length
  return limits.map((limit) => judgeMetric(limit, runs, measured))
}
