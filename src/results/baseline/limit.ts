import { WsbenchError } from '../../base/errors.js'
import { formatShare } from '../../base/format.js'
import { parseMeasure } from '../gates/gate-grammar.js'
import type { Metric, Selector } from '../gates/metric.js'
import { expectedQuantity, formatQuantity, parseQuantity } from '../units.js'

/** How much worse a metric may become. A regression is past both of what is given. */
export interface Limit {
  readonly metric: Metric
  readonly selector: Selector
  /** Of the baseline's median, 0 … */
  readonly relative: number | null
  /** In the metric's unit. */
  readonly absolute: number | null
}

const OPTION = '--max-regression'

/** Reads `latency.p99{phase=steady}=10%`, `=5ms`, or `=10%,5ms`: both must be passed. */
export function parseLimit(text: string): Limit {
  const [, measure, amounts] = /^(.*?(?:\{[^}]*\})?)=([^={}]*)$/s.exec(text) ?? []
  if (measure === undefined || amounts === undefined) {
    throw refusal(text, 'expected metric=limit', 'for example latency.p99=10% or latency.p99=10%,2ms')
  }
  const { metric, selector } = parseMeasure(measure, OPTION)
  let limit: Limit = { metric, selector, relative: null, absolute: null }
  for (const amount of amounts.split(',').map((part) => part.trim())) {
    const percentage = amount.endsWith('%') ? parseQuantity(amount, 'ratio') : null
    const quantity = percentage === null ? parseQuantity(amount, metric.unit) : null
    const given = percentage === null ? { absolute: quantity } : { relative: percentage }
    const [kind, value] = Object.entries(given)[0]!
    if (value === null || limit[kind as 'relative' | 'absolute'] !== null) {
      const hint = `a percentage of the baseline, such as 10%, or ${expectedQuantity(metric.unit)}, or one of each`
      throw refusal(text, `no limit of ${amount || 'nothing'}`, hint)
    }
    limit = { ...limit, ...given }
  }
  return limit
}

/** `latency.p99{phase=steady}` */
export function measureWords({ metric, selector }: Pick<Limit, 'metric' | 'selector'>): string {
  return selector ? `${metric.name}{${selector.key}=${selector.value}}` : metric.name
}

/** `10.0 %`, `10.0 % and 2.00 ms` */
export function limitWords({ metric, relative, absolute }: Limit): string {
  return [
    ...(relative === null ? [] : [formatShare(relative)]),
    ...(absolute === null ? [] : [formatQuantity(absolute, metric.unit)]),
  ].join(' and ')
}

function refusal(text: string, message: string, hint: string): WsbenchError {
  return new WsbenchError(`${OPTION} ${text}: ${message}`, { exit: 'usage', hint })
}
