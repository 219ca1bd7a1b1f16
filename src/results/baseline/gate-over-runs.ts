import { type Gate, judgeGate } from '../gates/gates.js'
import { metrics } from '../gates/metrics.js'
import type { GateResult, Result } from '../result.js'
import { formatQuantity } from '../units.js'

/** From bad to good. */
const outcomes = ['fail', 'undecided', 'pass'] as const satisfies readonly GateResult['outcome'][]

/** Judges a gate in every run: it passes if all do. The result is the worst run's, with the range over all of them. */
export function judgeOverRuns(gate: Gate, results: readonly Result[]): GateResult {
  const judged = results.map((result) => judgeGate(gate, result))
  const worst = judged.reduce((one, other) => (isWorse(other, one, gate) ? other : one))
  if (judged.length === 1) return worst
  const passed = judged.filter(({ outcome }) => outcome === 'pass').length
  const share = passed === judged.length ? `all ${passed} runs` : `${passed} of ${judged.length} runs`
  const reason = judged.every(({ value }) => value === worst.value)
    ? `${share}: ${worst.reason}`
    : `${share}; worst in run ${judged.indexOf(worst) + 1}: ${worst.reason}${rangeWords(gate, judged)}`
  return { ...worst, reason: `passes in ${reason}` }
}

/** A run without a value is worse than any value; else the one that is further on the failing side. */
function isWorse(one: GateResult, than: GateResult, { operator, bound }: Gate): boolean {
  if (one.value === null || than.value === null) return one.value === null && than.value !== null
  if (one.outcome !== than.outcome) return outcomes.indexOf(one.outcome) < outcomes.indexOf(than.outcome)
  if (operator === '<' || operator === '<=') return one.value > than.value
  if (operator === '>' || operator === '>=') return one.value < than.value
  return Math.abs(one.value - bound) > Math.abs(than.value - bound)
}

function rangeWords({ metric }: Gate, judged: readonly GateResult[]): string {
  const values = judged.flatMap(({ value }) => value ?? []).sort((one, other) => one - other)
  const unit = metrics.get(metric)?.unit
  const [least, most] = [values[0], values.at(-1)]
  if (unit === undefined || least === undefined || most === undefined) return ''
  return `; range ${formatQuantity(least, unit)} to ${formatQuantity(most, unit)}`
}
