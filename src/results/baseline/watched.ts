import { metrics } from '../gates/metrics.js'
import type { Result } from '../result.js'
import type { Limit } from './limit.js'

const TENTH = { relative: 0.1, absolute: 1_000 }
/** Counts of losses and failures vary much where something is broken on purpose; none may appear where there was none. */
const HALF = { relative: 0.5, absolute: 0 }

/** What is watched unless the user says: how late, how much lost, how soon back, how even. */
export function watchedOf({ events, balance }: Result): Limit[] {
  const struck = events.filter(({ affectedClients }) => affectedClients > 0)
  return [
    limit('latency.p50', TENTH),
    limit('latency.p99', TENTH),
    limit('delivery.lost', HALF),
    limit('delivery.unexpected', HALF),
    limit('connections.connect.p99', { relative: 0.25, absolute: 1_000 }),
    ...struck.map(({ id }) =>
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
