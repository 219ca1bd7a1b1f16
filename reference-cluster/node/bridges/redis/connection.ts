import { Redis, type RedisOptions } from 'ioredis'
import { within } from '../../within.js'
import { keepPulse } from './pulse.js'

/** How long `quit` waits for a broker that does not answer. */
const QUIT_DEADLINE_MS = 1_000

/**
 * Nothing is queued or sent twice behind our back: a publish during an outage is refused at once, one in flight when the
 * connection breaks is unknown at once, and subscribing again is ours, so that we know when it is confirmed.
 */
const options = {
  protocol: 2 as const,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  disableClientInfo: true,
  lazyConnect: true,
  /** A server that is given up is frozen, and would not close its side: no 2 s of grace for that. */
  disconnectTimeout: 0,
  retryStrategy: (attempt: number) => Math.min(attempt * 20, 200),
} satisfies RedisOptions

/** A connection that is not yet opened. */
export function redisConnection(brokerUrl: string): Redis {
  return new Redis(brokerUrl, options)
}

/**
 * Opens it and keeps it open; a server that does not answer for `patienceMs` counts as gone. `changed` hears of each 'ready'
 * and 'close', with the last error so far.
 */
export function openRedis(connection: Redis, patienceMs: number, changed: (lastError: string) => void): void {
  let endPulse = (): void => {}
  connection.on('ready', () => {
    endPulse = keepPulse(connection, patienceMs)
  })
  connection.on('close', () => endPulse())
  let lastError = 'the connection was closed'
  connection.on('error', (error) => {
    lastError = error.message
  })
  for (const event of ['ready', 'close'] as const) connection.on(event, () => changed(lastError))
  // A failed first attempt is retried like any other.
  connection.connect().catch(() => {})
}

/** Takes leave of the broker, which answers what it was asked before; then, or soon, the connection is gone. */
export async function quitRedis(connection: Redis): Promise<void> {
  await within(QUIT_DEADLINE_MS, connection.quit())
  connection.disconnect()
}
