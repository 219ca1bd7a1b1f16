import { extended } from './extended.js'

const OPEN = Number.POSITIVE_INFINITY

/**
 * Subscription epochs [tSub, tEnd] of docs/delivery.md, numbered in start order and chained per client, newest first.
 * A client has at most one open epoch, and in a handover also the one it is leaving. 25 bytes an epoch.
 */
export class Epochs {
  readonly #latest: Int32Array
  readonly #firstSub: Float64Array
  #count = 0
  #sub: Float64Array
  #end: Float64Array
  #node: Int32Array
  #previous: Int32Array
  #recovered: Uint8Array
  /** By client in a handover: the epoch it is leaving. */
  readonly #left = new Map<number, number>()
  /** By client: what `segmentOf` tells. */
  readonly #stretch: Int32Array

  constructor(readonly clients: number) {
    this.#latest = new Int32Array(clients).fill(-1)
    this.#firstSub = new Float64Array(clients).fill(OPEN)
    this.#stretch = new Int32Array(clients).fill(-1)
    const room = Math.max(16, clients)
    this.#sub = new Float64Array(room)
    this.#end = new Float64Array(room)
    this.#node = new Int32Array(room)
    this.#previous = new Int32Array(room)
    this.#recovered = new Uint8Array(room)
  }

  /**
   * The server confirmed the client's subscription. `recovered`: it also said that nothing of the gap before is missing.
   * False where the client has an open epoch: a second confirmation changes nothing. Throws where the last epoch ends
   * later than this one begins, which is a bug of the caller.
   */
  begin(client: number, subMicros: number, node: number, recovered = false): boolean {
    if (this.openOf(client) >= 0) return false
    const previous = this.#latest[client]!
    if (previous >= 0 && this.#end[previous]! > subMicros) {
      throw new Error(`client ${client} subscribes at ${subMicros}, before its last epoch ended`)
    }
    if (this.#count === this.#sub.length) this.#grow()
    const epoch = this.#count
    this.#count += 1
    this.#sub[epoch] = subMicros
    this.#end[epoch] = OPEN
    this.#node[epoch] = node
    this.#previous[epoch] = previous
    this.#recovered[epoch] = recovered ? 1 : 0
    this.#latest[client] = epoch
    this.#stretch[client] = 2 * epoch
    if (previous < 0) this.#firstSub[client] = subMicros
    return true
  }

  /**
   * The client is subscribed on another connection, and leaves the one of its open epoch, which goes on until `endLeft`.
   * Just a beginning where it has none. False where it is leaving one already.
   */
  handOver(client: number, subMicros: number, node: number, recovered = false): boolean {
    if (this.#left.has(client)) return false
    const left = this.openOf(client)
    if (left < 0) return this.begin(client, subMicros, node, recovered)
    this.#end[left] = subMicros
    this.begin(client, subMicros, node, recovered)
    this.#end[left] = OPEN
    this.#left.set(client, left)
    this.#stretch[client] = 2 * this.#latest[client]! + 1
    return true
  }

  /** The connection that the client was leaving is gone. Nothing happens where it was leaving none. */
  endLeft(client: number, endMicros: number): void {
    const left = this.#left.get(client)
    if (left === undefined) return
    this.#end[left] = endMicros
    this.#left.delete(client)
    this.#stretch[client] = 2 * this.#latest[client]!
  }

  /**
   * The client's socket closed or a close frame came; in a handover both connections are over. Whether an epoch was
   * open; if not, nothing happens.
   */
  end(client: number, endMicros: number): boolean {
    const epoch = this.openOf(client)
    if (epoch < 0) return false
    this.endLeft(client, endMicros)
    this.#end[epoch] = endMicros
    return true
  }

  /** The client's open epoch, the newer one in a handover, or −1. */
  openOf(client: number): number {
    const epoch = this.#latest[client]!
    return epoch >= 0 && this.#end[epoch] === OPEN ? epoch : -1
  }

  /** The epoch that the client is leaving, or −1. */
  leftOf(client: number): number {
    return this.#left.get(client) ?? -1
  }

  /**
   * Changes with each epoch, and when a handover is over. Within a stretch order and duplicates can be told, but in a
   * handover's, which is odd.
   */
  segmentOf(client: number): number {
    return this.#stretch[client]!
  }

  /** The client's newest epoch, or −1. */
  latestOf(client: number): number {
    return this.#latest[client]!
  }

  /** The client's epoch before `epoch`, or −1. */
  previous(epoch: number): number {
    return this.#previous[epoch]!
  }

  /** tSub of the client's first epoch: messages are due to it from then on. Infinity: never subscribed. */
  firstSubMicros(client: number): number {
    return this.#firstSub[client]!
  }

  /** The client's latest epoch with tSub ≤ `micros`; its first where there is none. It must have one. */
  latestAt(client: number, micros: number): number {
    let epoch = this.#latest[client]!
    while (this.#sub[epoch]! > micros && this.#previous[epoch]! >= 0) epoch = this.#previous[epoch]!
    return epoch
  }

  /** Epochs of the client, oldest first. */
  of(client: number): number[] {
    const newestFirst: number[] = []
    for (let epoch = this.#latest[client]!; epoch >= 0; epoch = this.#previous[epoch]!)
      newestFirst.push(epoch)
    return newestFirst.reverse()
  }

  subMicros(epoch: number): number {
    return this.#sub[epoch]!
  }

  /** Infinity while it is open. */
  endMicros(epoch: number): number {
    return this.#end[epoch]!
  }

  node(epoch: number): number {
    return this.#node[epoch]!
  }

  isRecovered(epoch: number): boolean {
    return this.#recovered[epoch] === 1
  }

  #grow(): void {
    const room = this.#count * 2
    this.#sub = extended(this.#sub, new Float64Array(room))
    this.#end = extended(this.#end, new Float64Array(room))
    this.#node = extended(this.#node, new Int32Array(room))
    this.#previous = extended(this.#previous, new Int32Array(room))
    this.#recovered = extended(this.#recovered, new Uint8Array(room))
  }
}
