import { usageError } from '../../base/errors.js'
import { type Repeats, runInTurn } from '../../experiments/compare-matrix.js'
import { judgeAll } from '../../results/baseline/baseline-report.js'
import type { MetricVerdict } from '../../results/baseline/judge-metric.js'
import { parseLimit } from '../../results/baseline/limit.js'
import type { ComparedCell } from '../../results/comparison/comparison.js'
import type { Result } from '../../results/result.js'
import { loadScenario } from '../../scenarios/load.js'
import type { ResultAdvice } from './rule.js'

/** What repeats of the run, with and without a change, say about the advice. */
export interface Proof {
  readonly advice: ResultAdvice
  readonly outcome: 'holds' | 'does not hold' | 'inconclusive'
  /** The change of the metric with its interval; null if there were no runs to judge. */
  readonly verdict: MetricVerdict | null
  /** Why runs are missing: what was invalid or could not be set up. */
  readonly problems: readonly string[]
}

export interface ProofRequest extends Omit<Repeats, 'cells'> {
  /** The scenario that the result is of: path, or name of a bundled one. */
  readonly scenario: string
  readonly overrides: readonly string[]
  readonly advice: readonly ResultAdvice[]
  readonly result: Result
}

/** Only a change of this size and more is worth a setting. */
const WORTHWHILE = '10%'

/** Runs the scenario as it is and with each advice, interleaved, and judges the metric that should improve. */
export async function prove(request: ProofRequest): Promise<Proof[]> {
  const { scenario, overrides, advice, result } = request
  const { name } = loadScenario(scenario, overrides)
  if (name !== result.scenario.name) {
    throw usageError(
      `--prove ${scenario}: the result is of ${JSON.stringify(result.scenario.name)}, not of ${JSON.stringify(name)}`,
    )
  }
  const cells = [
    { name: 'before', overrides: [] },
    ...advice.map((own) => ({ name: own.name, overrides: own.settings })),
  ]
  const [before, ...after] = (await runInTurn({ ...request, cells })).cells
  return advice.map((own, index) => judge(own, before!, after[index]!))
}

export function judge(advice: ResultAdvice, before: ComparedCell, after: ComparedCell): Proof {
  const [baseline, candidate] = [validRunsOf(before), validRunsOf(after)]
  const problems = [...problemsOf(before), ...problemsOf(after)]
  if (baseline.length === 0 || candidate.length === 0)
    return { advice, outcome: 'inconclusive', verdict: null, problems }
  const limit = parseLimit(`${advice.improves}=${WORTHWHILE}`)
  const [verdict] = judgeAll([limit], { baseline, candidate })
  return { advice, outcome: outcomeOf(verdict!), verdict: verdict!, problems }
}

function outcomeOf({ outcome }: MetricVerdict): Proof['outcome'] {
  if (outcome === 'improvement') return 'holds'
  return outcome === 'inconclusive' ? 'inconclusive' : 'does not hold'
}

function validRunsOf({ runs }: ComparedCell): Result[] {
  return runs.filter(({ verdict }) => verdict.outcome === 'pass' || verdict.outcome === 'fail')
}

function problemsOf({ name, runs, failures }: ComparedCell): string[] {
  const invalid = runs.filter((run) => !validRunsOf({ name, runs, failures }).includes(run))
  return [
    ...invalid.map(({ verdict }) => `${name}: ${verdict.outcome}: ${verdict.reasons[0] ?? ''}`),
    ...failures.map(({ message }) => `${name}: ${message}`),
  ]
}
