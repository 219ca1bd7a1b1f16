import { nowMicros } from '../clock.js'
import type { PingPlan } from '../scenarios/plan.js'
import type { Connection } from './wire/connection.js'

const SWEEP_MS = 100

/** Connections by number; null where there is none. */
export interface Pingable {
  readonly count: number
  connectionOf(index: number): Pick<Connection, 'ping' | 'isSilent' | 'destroy'> | null
}

/**
 * Pings each connection once in `everyMs`, spread evenly over that time, and ends those whose pong is `timeoutMs` late: the
 * only way to notice a server that has stopped, or a path that has gone, with its sockets still open.
 */
export class Pinger {
  /** Connections given up. */
  timeouts = 0
  readonly #startMicros = nowMicros()
  #turns = 0
  readonly #timer: NodeJS.Timeout

  constructor(
    readonly connections: Pingable,
    readonly plan: PingPlan,
  ) {
    // Behind what has arrived: after a pause of ours the pongs are there, but timers come first.
    this.#timer = setInterval(() => setImmediate(() => this.sweep(nowMicros())), SWEEP_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  sweep(micros: number): void {
    this.#giveUpSilent(micros)
    const { count } = this.connections
    const due = Math.floor(((micros - this.#startMicros) / 1000 / this.plan.everyMs) * count)
    for (this.#turns = Math.max(this.#turns, due - count); this.#turns < due; this.#turns += 1) {
      this.connections.connectionOf(this.#turns % count)?.ping(micros)
    }
  }

  #giveUpSilent(micros: number): void {
    const sinceMicros = micros - this.plan.timeoutMs * 1000
    for (let index = 0; index < this.connections.count; index += 1) {
      const connection = this.connections.connectionOf(index)
      if (!connection?.isSilent(sinceMicros)) continue
      this.timeouts += 1
      connection.destroy()
    }
  }
}
