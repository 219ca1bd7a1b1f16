import { formatDuration } from '../../base/format.js'
import type { GateResult, Measurement } from '../result.js'
import { formatQuantity } from '../units.js'
import { type Gate, operators, parseGate } from './gate-grammar.js'
import { type Metric, type Selector, selectable } from './metric.js'
import { metrics } from './metrics.js'
import { type Finding, judgeWindows } from './windows.js'

export { type Gate, parseGate } from './gate-grammar.js'

/** Judges a run by a gate. With nothing to judge (no samples, no such event) the gate fails. */
export function judgeGate(gate: Gate, result: Measurement): GateResult {
  const { expression, selector } = gate
  const metric = metrics.get(gate.metric)
  if (!metric) return { expression, value: null, ok: false, reason: `no metric ${gate.metric}` }
  const nothing = () => whyNothing(metric, selector, result)
  if (gate.windowMs !== null) {
    const { timeline, scenario } = result
    const finding = judgeWindows(gate, metric, { timeline, spans: scenario.plan.phases.spans })
    return gateResult(gate, metric, finding ?? { value: null, reason: nothing() })
  }
  const value = metric.read(result, selector)
  return gateResult(gate, metric, value === null ? { value, reason: nothing() } : { value })
}

/** Whether the gate failed on a lower bound, and would have on any higher value. */
export function failsForCertain({ expression, ok, value }: GateResult): boolean {
  // A gate that can't be parsed has no value.
  if (ok || value === null) return false
  const { metric, operator, bound } = parseGate(expression)
  if (metrics.get(metric)?.isLowerBound !== true) return false
  return operator === '<' || operator === '<=' || (operator === '==' && value > bound)
}

/** A gate's verdict on the value of a window or of the run, or on the reason why there is none. */
export function gateResult(gate: Gate, metric: Metric, { value, reason, span }: Finding): GateResult {
  const { expression } = gate
  const where = span ? ` in ${formatDuration(span.startMs)}–${formatDuration(span.endMs)}` : ''
  if (value === null) return { expression, value, ok: false, reason: `${reason ?? metric.nothing}${where}` }
  const { passes, words } = operators[gate.operator]
  const [figure, bound] = formatApart(value, gate.bound, metric)
  const label = metric.name.slice(metric.name.lastIndexOf('.') + 1)
  const ok = passes(value, gate.bound)
  return { expression, value, ok, reason: `${label} ${figure}${where}, ${words} ${bound}` }
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
