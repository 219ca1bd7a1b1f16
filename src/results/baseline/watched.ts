import { metrics } from '../gates/metrics.js'
import type { Result } from '../result.js'
import type { Limit } from './limit.js'

/** How much worse what is watched by default may become. */
const TENTH = { relative: 0.1, absolute: 1_000 }
/** Losses vary much where something is broken on purpose; none may appear where there was none. */
const HALF = { relative: 0.5, absolute: 0 }

const HALF_A_PERCENT = { relative: null, absolute: 0.005 }
const FIVE_PERCENT = { relative: 0.05, absolute: null }

/** What is watched by default: availability, throughput, latency, losses, how soon clients are back, how evenly. */
export function watchedOf({ events, balance }: Result): Limit[] {
  const affected = events.filter(({ affectedClients }) => affectedClients > 0)
  return [
    limit('delivery.availability', HALF_A_PERCENT),
    limit('delivery.throughput', FIVE_PERCENT),
    limit('latency.p50', TENTH),
    limit('latency.p99', TENTH),
    limit('delivery.lost', HALF),
    limit('delivery.unexpected', HALF),
    limit('connections.connect.p99', { relative: 0.25, absolute: 1_000 }),
    ...affected.map(({ id }) =>
      limit('recovery.p95', { relative: 0.25, absolute: 1_000 }, { key: 'event', value: id }),
    ),
    ...(Object.hasOwn(balance, 'end')
      ? [limit('balance.maxOverMean', { relative: 0.1, absolute: null }, { key: 'at', value: 'end' })]
      : []),
  ]
}

function limit(
  name: string,
  most: Pick<Limit, 'relative' | 'absolute'>,
  selector: Limit['selector'] = null,
): Limit {
  return { metric: metrics.get(name)!, selector, ...most }
}
