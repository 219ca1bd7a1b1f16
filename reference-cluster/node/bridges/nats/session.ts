import { setTimeout as delay } from 'node:timers/promises'
import { type ConnectionOptions, connect, type NatsConnection } from '@nats-io/transport-node'
import { within } from '../../within.js'

const RETRY_MS = 100
const LEAVE_DEADLINE_MS = 1_000
const PINGS_UNANSWERED = 2

const options = {
  reconnect: true,
  waitOnFirstConnect: true,
  maxReconnectAttempts: -1,
  reconnectDelayHandler: () => RETRY_MS,
  /** A server that accepts and says nothing is no server. */
  timeout: 2_000,
  ignoreClusterUpdates: true,
  maxPingOut: PINGS_UNANSWERED,
  /** A stack for every request would cost more than the request. */
  noAsyncTraces: true,
} satisfies ConnectionOptions

/** What has to be done before a connection counts, on the first and on each one after an outage. */
export type Preparation = (connection: NatsConnection) => Promise<void> | void

/**
 * A connection to NATS that comes back, and is up only when all is prepared and the server has confirmed it (PONG).
 */
export class NatsSession {
  /** Why it was last lost. */
  lastError = 'the connection was closed'
  readonly #url: string
  readonly #pingInterval: number
  readonly #preparations: Preparation[] = []
  #connection: NatsConnection | null = null
  #isUp = false
  #isClosed = false
  /** Counts connections made and lost, so that what is prepared for an old one comes to nothing. */
  #generation = 0

  /** A server that answers no ping for `patienceMs` counts as gone. */
  constructor(url: string, patienceMs: number) {
    this.#url = url
    this.#pingInterval = patienceMs / (PINGS_UNANSWERED + 1)
  }

  /** null while it is down. */
  get connection(): NatsConnection | null {
    return this.#isUp ? this.#connection : null
  }

  /** Before `open`. They are run in this order, again after a short wait should one fail. */
  prepare(preparation: Preparation): void {
    this.#preparations.push(preparation)
  }

  /** On the first connection only: for subscriptions, which the client renews by itself. */
  prepareOnce(preparation: Preparation): void {
    let isDone = false
    this.prepare(async (connection) => {
      if (!isDone) await preparation(connection)
      isDone = true
    })
  }

  /** `changed` is called when it went up or down. */
  open(changed: () => void): void {
    void this.#keepOpen(changed)
  }

  /** Hands over what was published; at once when it is down, soon when the server does not answer. */
  async close(): Promise<void> {
    this.#isClosed = true
    const { connection } = this
    if (connection) await within(LEAVE_DEADLINE_MS, connection.flush())
    this.#isUp = false
    this.#generation += 1
    await this.#connection?.close()
  }

  async #keepOpen(changed: () => void): Promise<void> {
    const connection = await connect({ ...options, servers: this.#url, pingInterval: this.#pingInterval })
    if (this.#isClosed) return connection.close()
    this.#connection = connection
    const statuses = connection.status()
    void this.#goUp(connection, changed)
    for await (const status of statuses) {
      if (status.type === 'error') this.lastError = status.error.message
      else if (status.type === 'disconnect') this.#goDown(changed)
      else if (status.type === 'reconnect') void this.#goUp(connection, changed)
    }
  }

  async #goUp(connection: NatsConnection, changed: () => void): Promise<void> {
    this.#generation += 1
    const generation = this.#generation
    while (generation === this.#generation) {
      if (!(await this.#isPrepared(connection))) await delay(RETRY_MS)
      else if (generation === this.#generation) {
        this.#isUp = true
        return changed()
      }
    }
  }

  #goDown(changed: () => void): void {
    this.#generation += 1
    this.#isUp = false
    changed()
  }

  async #isPrepared(connection: NatsConnection): Promise<boolean> {
    try {
      for (const preparation of this.#preparations) await preparation(connection)
      await connection.flush()
      return true
    } catch (error) {
      this.lastError = (error as Error).message
      return false
    }
  }
}
