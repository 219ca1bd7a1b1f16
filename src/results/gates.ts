import { type Gate, operators } from './gate-grammar.js'
import { type Metric, type Selector, selectable } from './metric.js'
import { metrics } from './metrics.js'
import type { GateResult, Measurement } from './result.js'
import { formatQuantity } from './units.js'

export { type Gate, parseGate } from './gate-grammar.js'

/** Puts a run to a gate. Nothing to judge (no samples, no such event) fails it. */
export function judgeGate(gate: Gate, result: Measurement): GateResult {
  const { expression, selector } = gate
  const metric = metrics.get(gate.metric)
  if (!metric) return { expression, value: null, ok: false, reason: `no metric ${gate.metric}` }
  const value = metric.read(result, selector)
  if (value === null) return { expression, value, ok: false, reason: whyNothing(metric, selector, result) }
  const { holds, words } = operators[gate.operator]
  const [figure, bound] = formatApart(value, gate.bound, metric)
  const label = metric.name.slice(metric.name.lastIndexOf('.') + 1)
  return { expression, value, ok: holds(value, gate.bound), reason: `${label} ${figure}, ${words} ${bound}` }
}

function whyNothing(metric: Metric, selector: Selector, result: Measurement): string {
  if (!selector) return metric.nothing
  const known = selectable(result, selector.key)
  if (known.includes(selector.value)) return metric.nothing
  const kind = selector.key === 'at' ? 'moment' : selector.key
  return `no ${kind} ${selector.value} in this run; there is ${known.join(', ') || 'none'}`
}

/** Both with as many digits as it takes to tell them apart: a limit of 250 ms is not missed by "250 ms". */
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
