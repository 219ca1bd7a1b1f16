import { entry } from '../../base/records.js'
import type { Balance, BalanceRatios } from '../result.js'
import { type Metric, metric } from './metric.js'

const ratios = {
  maxOverMean: (what: string) => `${what} of the fullest node over the mean`,
  minOverMean: (what: string) => `${what} of the emptiest node over the mean`,
  coefficientOfVariation: (what: string) => `standard deviation of ${what} per node over the mean`,
} as const

/** Metrics of how evenly connections and messages are spread over the nodes of the pool. */
export function balanceMetrics(): Metric[] {
  return [
    ...ratioMetrics('balance', 'connections', (balance) => balance),
    ...ratioMetrics('balance.messages', 'messages', ({ messages }) => messages),
    metric(
      'recovery.rebalance',
      'from the start of an event until the fullest node had at most 1.1 times the mean of connections, and kept to it',
      {
        unit: 'micros',
        selectors: ['event'],
        needsSelector: true,
        nothing: 'the fullest node had more than 1.1 times the mean when the next event began, or at the end',
      },
      ({ events }, selector) => {
        const rebalanceMs = events.find(({ id }) => id === selector?.value)?.recovery.rebalanceMs ?? null
        return rebalanceMs === null ? null : rebalanceMs * 1000
      },
    ),
  ]
}

function ratioMetrics(prefix: string, what: string, ratiosOf: (balance: Balance) => BalanceRatios): Metric[] {
  const names = Object.keys(ratios) as (keyof typeof ratios)[]
  return names.map((name) =>
    metric(
      `${prefix}.${name}`,
      ratios[name](what),
      {
        unit: 'ratio',
        selectors: ['at'],
        needsSelector: true,
        better: name === 'minOverMean' ? 'higher' : 'lower',
      },
      (result, selector) => {
        const balance = entry(result.balance, selector?.value ?? '')
        return balance ? ratiosOf(balance)[name] : null
      },
    ),
  )
}
