import { formatDuration } from '../../base/format.js'
import type { GateResult, Measurement } from '../result.js'
import { formatQuantity } from '../units.js'
import { type Gate, operators, parseGate } from './gate-grammar.js'
import { type GeneratorShare, isDecided, shareWords } from './generator-share.js'
import { type Metric, type Selector, selectable } from './metric.js'
import { metrics } from './metrics.js'
import { type Finding, judgeWindows } from './windows.js'

export { type Gate, parseGate } from './gate-grammar.js'

/**
 * Judges a run by a gate. With nothing to judge (no samples, no such event) the gate fails. It is undecided where the generator
 * itself can have made the difference between value and limit.
 */
export function judgeGate(gate: Gate, result: Measurement): GateResult {
  const { expression, selector } = gate
  const metric = metrics.get(gate.metric)
  if (!metric) return { expression, value: null, outcome: 'fail', reason: `no metric ${gate.metric}` }
  const nothing = () => whyNothing(metric, selector, result)
  const share = metric.generatorShare(result)
  if (gate.windowMs !== null) {
    const { timeline, scenario } = result
    const finding = judgeWindows(gate, metric, { timeline, spans: scenario.plan.phases.spans })
    return gateResult(gate, metric, finding ?? { value: null, reason: nothing() }, share)
  }
  const value = metric.read(result, selector)
  return gateResult(gate, metric, value === null ? { value, reason: nothing() } : { value }, share)
}

/** Whether the gate failed on a lower bound, and would have on any higher value. */
export function failsForCertain({ expression, outcome, value }: GateResult): boolean {
  // A gate that can't be parsed has no value.
  if (outcome !== 'fail' || value === null) return false
  const { metric, operator, bound } = parseGate(expression)
  if (metrics.get(metric)?.isLowerBound !== true) return false
  return operator === '<' || operator === '<=' || (operator === '==' && value > bound)
}

/**
 * A gate's verdict on the value of a window or of the run, or on the reason why there is none. `share`: what the generator can
 * have made of the value; null: nothing, or it is not known yet.
 */
export function gateResult(
  gate: Gate,
  metric: Metric,
  { value, reason, span }: Finding,
  share: GeneratorShare | null,
): GateResult {
  const { expression } = gate
  const where = span ? ` in ${formatDuration(span.startMs)}–${formatDuration(span.endMs)}` : ''
  if (value === null)
    return { expression, value, outcome: 'fail', reason: `${reason ?? metric.nothing}${where}` }
  const { passes, words } = operators[gate.operator]
  const [figure, bound] = formatApart(value, gate.bound, metric)
  const label = metric.name.slice(metric.name.lastIndexOf('.') + 1)
  const [found, limit] = [`${label} ${figure}${where}`, `${words} ${bound}`]
  if (share !== null && !isDecided(value, gate.bound, share)) {
    const reason = `undecided: ${found}, ${shareWords(value, share)}, ${limit}`
    return { expression, value, outcome: 'undecided', reason }
  }
  const outcome = passes(value, gate.bound) ? 'pass' : 'fail'
  return { expression, value, outcome, reason: `${found}, ${limit}` }
}

function whyNothing(metric: Metric, selector: Selector, result: Measurement): string {
  if (!selector) return metric.nothing
  const known = selectable(result, selector.key)
  if (known.includes(selector.value)) return metric.nothing
  const kind = selector.key === 'at' ? 'moment' : selector.key
  return `no ${kind} ${selector.value} in this run; there is ${known.join(', ') || 'none'}`
}

/** Both with as many digits as it takes to tell them apart: `250.2 ms, limit 250 ms`. */
function formatApart(value: number, bound: number, { unit }: Metric): [string, string] {
  for (let digits = 3; digits < 10; digits += 1) {
    const texts = [value, bound].map((quantity) => formatQuantity(quantity, unit, digits)) as [string, string]
    if (texts[0] !== texts[1] || value === bound) return [texts[0], withoutZeros(texts[1])]
  }
  return [String(value), String(bound)]
}

/** A bound is exact: `3 s`, not `3.00 s`. */
function withoutZeros(text: string): string {
  return text.replace(/\.0+(?![0-9])/, '')
}
