import { nowMicros } from '../base/clock.js'
import { hash32 } from '../base/random.js'
import type { Disturbance } from '../chaos/disturbance.js'
import { TimerHeap } from './timer-heap.js'

/** What a disturbance may do to a worker's clients, by their local index. */
export interface Disturbable {
  readonly count: number
  /** The client's number in the whole run: draws follow from it, however many workers there are. */
  globalOf(client: number): number
  /** Ends its connection, if open. It stays away for `offlineMs`; null: as its back-off has it. */
  cut(client: number, offlineMs: number | null): void
  /** Nothing more is read from its connection. */
  pause(client: number): void
  resume(client: number): void
}

/** The disturbances that go on among the clients of one worker. */
export class Disturbances {
  readonly #endDisturbance = new Map<number, () => void>()

  constructor(readonly clients: Disturbable) {}

  begin(id: number, seed: number, disturbance: Disturbance): void {
    const { clients } = this
    if (disturbance.kind === 'churn') this.#endDisturbance.set(id, churn(clients, seed, disturbance))
    else if (disturbance.kind === 'stall') {
      const stalled = chosen(clients, seed, disturbance.share)
      for (const client of stalled) clients.pause(client)
      this.#endDisturbance.set(id, () => {
        for (const client of stalled) clients.resume(client)
      })
    } else for (const client of chosen(clients, seed, disturbance.share)) clients.cut(client, null)
  }

  endDisturbance(id: number): void {
    this.#endDisturbance.get(id)?.()
    this.#endDisturbance.delete(id)
  }
}

/** Each client with probability `share`. */
function chosen(clients: Disturbable, seed: number, share: number): number[] {
  const all = Array.from({ length: clients.count }, (_, client) => client)
  return all.filter((client) => hash32(seed, clients.globalOf(client)) / 2 ** 32 < share)
}

type Churn = Extract<Disturbance, { kind: 'churn' }>

/**
 * Period k of a client holds one cut, uniform where its whole absence still fits into the period. So no cut meets a client
 * that is away, and over whole periods each is away for exactly offline / every of the time.
 */
function churn(clients: Disturbable, seed: number, { everyMs, offlineMs }: Churn): () => void {
  const startMicros = nowMicros()
  const heap = new TimerHeap()
  const periods = new Uint32Array(clients.count)
  let timer: NodeJS.Timeout | undefined

  const schedule = (client: number): void => {
    const period = periods[client]!
    const drawn = hash32(hash32(seed, clients.globalOf(client)), period) / 2 ** 32
    const cutMs = period * everyMs + drawn * (everyMs - offlineMs)
    heap.push(startMicros + cutMs * 1000, client)
  }
  const cutDue = (): void => {
    while (heap.earliest <= nowMicros()) {
      const client = heap.pop()
      clients.cut(client, offlineMs)
      periods[client]! += 1
      schedule(client)
    }
    if (heap.size > 0) timer = setTimeout(cutDue, (heap.earliest - nowMicros()) / 1000)
  }

  for (let client = 0; client < clients.count; client += 1) schedule(client)
  cutDue()
  return () => clearTimeout(timer)
}
