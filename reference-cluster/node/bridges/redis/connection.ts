import { Redis, type RedisOptions } from 'ioredis'
import { within } from '../../within.js'
import { keepPulse } from './pulse.js'

/** How long `quit` waits for a broker that does not answer. */
const QUIT_DEADLINE_MS = 1_000

/**
 * ioredis must not queue or resend anything: a publish during an outage is refused at once, the outcome of one in flight
 * when the connection is lost is unknown at once, and we subscribe again ourselves, to know when it is confirmed.
 */
const options = {
  protocol: 2 as const,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  disableClientInfo: true,
  lazyConnect: true,
  /** A server that stopped answering would not close its side of the connection, so don't wait 2 s for it. */
  disconnectTimeout: 0,
  retryStrategy: (attempt: number) => Math.min(attempt * 20, 200),
} satisfies RedisOptions

/** A connection that is not opened yet. */
export function redisConnection(brokerUrl: string): Redis {
  return new Redis(brokerUrl, options)
}

/**
 * Opens the connection and reconnects whenever it is lost, or when the server does not answer for `patienceMs`. `changed` is
 * called on each 'ready' and 'close', with the last error.
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
  // If the first attempt fails, it is retried like any other.
  connection.connect().catch(() => {})
}

/** Closes the connection after the replies to earlier commands, or after a deadline. */
export async function quitRedis(connection: Redis): Promise<void> {
  await within(QUIT_DEADLINE_MS, connection.quit())
  connection.disconnect()
}
