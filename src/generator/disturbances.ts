import { nowMicros } from '../base/clock.js'
import { hash32 } from '../base/random.js'
import type { Disturbance } from '../chaos/disturbance.js'
import { TimerHeap } from './timer-heap.js'

/** What a disturbance may do to a worker's clients, by their local number. */
export interface Disturbable {
  readonly count: number
  /** The client's number in the whole run. Draws depend on it, and so not on the number of workers. */
  globalOf(client: number): number
  /** Ends the client's connection; false: there was none. It reconnects after `offlineMs`; null: after its back-off. */
  cut(client: number, offlineMs: number | null): boolean
  /** Stops reading from the client's connection; false: there is none. */
  pause(client: number): boolean
  resume(client: number): void
}

/** Runs the disturbances of one worker's clients. */
export class Disturbances {
  /** Connections that were cut or paused, by event. */
  readonly connections = new Map<string, number>()
  /** By event: what ends its disturbance. */
  readonly #endings = new Map<string, () => void>()

  constructor(readonly clients: Disturbable) {}

  begin(id: string, seed: number, disturbance: Disturbance): void {
    const { clients } = this
    const count = (isDone: boolean): void => {
      if (isDone) this.connections.set(id, (this.connections.get(id) ?? 0) + 1)
    }
    if (disturbance.kind === 'churn') this.#endings.set(id, churn(clients, seed, disturbance, count))
    else if (disturbance.kind === 'stall') {
      const stalled = chooseClients(clients, seed, disturbance.share)
      for (const client of stalled) count(clients.pause(client))
      this.#endings.set(id, () => {
        for (const client of stalled) clients.resume(client)
      })
    } else
      for (const client of chooseClients(clients, seed, disturbance.share)) count(clients.cut(client, null))
  }

  end(id: string): void {
    this.#endings.get(id)?.()
    this.#endings.delete(id)
  }
}

/** Chooses each client with probability `share`. */
function chooseClients(clients: Disturbable, seed: number, share: number): number[] {
  const all = Array.from({ length: clients.count }, (_, client) => client)
  return all.filter((client) => hash32(seed, clients.globalOf(client)) / 2 ** 32 < share)
}

type Churn = Extract<Disturbance, { kind: 'churn' }>

/**
 * Cuts each client once in each of its periods, at a uniformly random time such that its absence ends within the period. So
 * no client is cut while it is offline, and over whole periods each is offline for exactly offline / every of the time.
 */
function churn(
  clients: Disturbable,
  seed: number,
  { everyMs, offlineMs, forMs }: Churn,
  count: (isDone: boolean) => void,
): () => void {
  const startMicros = nowMicros()
  const heap = new TimerHeap()
  const periods = new Uint32Array(clients.count)
  let timer: NodeJS.Timeout | undefined

  const schedule = (client: number): void => {
    const period = periods[client]!
    const drawn = hash32(hash32(seed, clients.globalOf(client)), period) / 2 ** 32
    const cutMs = period * everyMs + drawn * (everyMs - offlineMs)
    if (cutMs < forMs) heap.push(startMicros + cutMs * 1000, client)
  }
  const cutDue = (): void => {
    while (heap.earliest <= nowMicros()) {
      const client = heap.pop()
      count(clients.cut(client, offlineMs))
      periods[client]! += 1
      schedule(client)
    }
    if (heap.size > 0) timer = setTimeout(cutDue, (heap.earliest - nowMicros()) / 1000)
  }

  for (let client = 0; client < clients.count; client += 1) schedule(client)
  cutDue()
  return () => clearTimeout(timer)
}
