import { nowMicros } from '../base/clock.js'
import type { SubscriptionLayout } from '../results/delivery/layout.js'
import type { DeliveryTracker } from '../results/delivery/tracker.js'
import { ConnectionCounters, type Ending, NOT_REFUSED } from './connection-counters.js'
import type { Disturbable } from './disturbances.js'
import { Heartbeats, type Pingable } from './heartbeats.js'
import type { NodeNames } from './node-names.js'
import { ReconnectBackoff } from './reconnect-backoff.js'
import type { Recorder } from './recorder.js'
import type { Connection } from './wire/connection.js'
import type { WorkerContext } from './worker-context.js'

/** What heartbeats and disturbances use of a client's connection. */
type ClientConnection = Pick<Connection, 'isOpen' | 'ping' | 'pause' | 'resume' | 'destroy'>

/** The subscribers of one worker, whatever protocol they speak. A client's number is local to the worker. */
export abstract class Subscribers implements Disturbable, Pingable {
  readonly counters = new ConnectionCounters()
  /** Null if the plan has none. */
  readonly heartbeats: Heartbeats | null
  protected readonly backoff: ReconnectBackoff
  /** By client: the node of its latest subscription. */
  protected readonly node: Int32Array
  readonly #startedMicros: Float64Array
  /** By client: the number of its last refusal. */
  readonly #refusal: Int16Array

  constructor(
    readonly context: WorkerContext,
    readonly layout: SubscriptionLayout,
    readonly tracker: DeliveryTracker,
    readonly recorder: Recorder,
    readonly nodes: NodeNames,
  ) {
    const { heartbeat } = context.plan.clients
    this.heartbeats = heartbeat && new Heartbeats(this, heartbeat)
    this.backoff = new ReconnectBackoff(layout.clients, context)
    this.node = new Int32Array(layout.clients).fill(-1)
    this.#startedMicros = new Float64Array(layout.clients)
    this.#refusal = new Int16Array(layout.clients).fill(NOT_REFUSED)
  }

  /** Opens a connection for the client. */
  protected abstract open(client: number): void

  /** The connection that the client is subscribed on, or will be. */
  protected abstract connectionOf(client: number): ClientConnection | null

  get count(): number {
    return this.layout.clients
  }

  /** Clients that have been subscribed at least once. */
  get everSubscribed(): number {
    return this.backoff.everSubscribed
  }

  /** Of each client that was not subscribed once: the number of its last refusal. */
  get refusalsOfAbsent(): number[] {
    return [...this.#refusal].filter((_, client) => !this.backoff.wasSubscribed(client))
  }

  globalOf(client: number): number {
    return client * this.context.plan.workers + this.context.worker
  }

  connect(client: number): void {
    this.#startedMicros[client] = nowMicros()
    this.counters.attempted += 1
    this.open(client)
  }

  cut(client: number, offlineMs: number | null): boolean {
    const connection = this.connectionOf(client)
    if (!connection?.isOpen) return false
    if (offlineMs !== null) this.backoff.keepOffline(client, offlineMs)
    connection.destroy()
    return true
  }

  pause(client: number): boolean {
    const connection = this.connectionOf(client)
    this.heartbeats?.pause(client)
    connection?.pause()
    return connection?.isOpen === true
  }

  resume(client: number): void {
    this.heartbeats?.renew(client)
    this.connectionOf(client)?.resume()
  }

  ping(client: number): boolean {
    return this.connectionOf(client)?.ping() === true
  }

  disconnect(client: number): void {
    this.connectionOf(client)?.destroy()
  }

  protected countOpened(client: number): void {
    this.recorder.opened(nowMicros() - this.#startedMicros[client]!)
    this.counters.opened += 1
  }

  protected countEnded(client: number, ending: Ending): void {
    const refusal = this.counters.ended(ending, `c${this.globalOf(client)}`)
    if (refusal !== NOT_REFUSED) this.#refusal[client] = refusal
  }

  protected countSubscribed(client: number): void {
    if (this.backoff.subscribed(client)) this.counters.reconnects += 1
    this.counters.subscribed(this.node[client]!)
  }

  protected scheduleReconnect(client: number): void {
    setTimeout(() => this.connect(client), this.backoff.delayMs(client))
  }
}
