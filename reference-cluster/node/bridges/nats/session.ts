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
  /** For a server that accepts the connection and then sends nothing. */
  timeout: 2_000,
  ignoreClusterUpdates: true,
  maxPingOut: PINGS_UNANSWERED,
  /** Recording a stack trace for every request would cost more than the request. */
  noAsyncTraces: true,
} satisfies ConnectionOptions

/** What must be done on a connection before it counts as up: on the first, and on each one after an outage. */
export type Preparation = (connection: NatsConnection) => Promise<void> | void

/** A connection to NATS that reconnects. It is up once all preparations are done and the server has confirmed them (PONG). */
export class NatsSession {
  /** Why it was last lost. */
  lastError = 'the connection was closed'
  readonly #url: string
  readonly #pingInterval: number
  readonly #preparations: Preparation[] = []
  #connection: NatsConnection | null = null
  #isUp = false
  #isClosed = false
  /** Counts connects and disconnects, so that preparations for an old connection are dropped. */
  #generation = 0

  /** When the server answers no ping for `patienceMs`, the connection is closed and opened again. */
  constructor(url: string, patienceMs: number) {
    this.#url = url
    this.#pingInterval = patienceMs / (PINGS_UNANSWERED + 1)
  }

  /** null while it is down. */
  get connection(): NatsConnection | null {
    return this.#isUp ? this.#connection : null
  }

  /** Call before `open`. Preparations run in this order; if one fails, all run again after a short wait. */
  prepare(preparation: Preparation): void {
    this.#preparations.push(preparation)
  }

  /** Runs on the first connection only: for subscriptions, which the NATS client renews by itself. */
  prepareOnce(preparation: Preparation): void {
    let isDone = false
    this.prepare(async (connection) => {
      if (!isDone) await preparation(connection)
      isDone = true
    })
  }

  /** `changed` is called whenever it goes up or down. */
  open(changed: () => void): void {
    void this.#keepOpen(changed)
  }

  /** Flushes publishes first, within a second; at once when the session is down. */
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
