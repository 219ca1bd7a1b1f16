import { hash } from 'node:crypto'

/** Points of each node, as nginx's `hash … consistent` has for a weight of 1. */
export const POINTS_PER_NODE = 160
const BYTES_PER_POINT = 4

/**
 * The ring of consistent hashing (Karger et al., 1997), on 32 bits of SHA-1. A node's points depend on its id alone, so
 * adding or removing other nodes moves none of them.
 */
export class Ring {
  /** Ascending. */
  readonly #points: Float64Array
  /** Index of the node that each point belongs to. */
  readonly #owners: Uint32Array

  constructor(ids: readonly string[]) {
    const points = ids
      .flatMap((id, owner) => pointsOf(id).map((point) => ({ point, owner })))
      .sort((one, other) => one.point - other.point)
    this.#points = Float64Array.from(points, ({ point }) => point)
    this.#owners = Uint32Array.from(points, ({ owner }) => owner)
  }

  /** Index of the first acceptable node at or after `key`'s place; −1 when none is. */
  find(key: string, isAcceptable: (owner: number) => boolean): number {
    const start = this.#firstFrom(hash('sha1', key, 'buffer').readUInt32BE())
    const count = this.#owners.length
    for (let step = 0; step < count; step += 1) {
      const owner = this.#owners[(start + step) % count]!
      if (isAcceptable(owner)) return owner
    }
    return -1
  }

  /** Binary search. After the last point the ring starts again. */
  #firstFrom(place: number): number {
    let low = 0
    let high = this.#points.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#points[middle]! < place) low = middle + 1
      else high = middle
    }
    return low
  }
}

function pointsOf(id: string): number[] {
  const points: number[] = []
  for (let block = 0; points.length < POINTS_PER_NODE; block += 1) {
    const digest = hash('sha1', `${id}#${block}`, 'buffer')
    for (let at = 0; at < digest.length; at += BYTES_PER_POINT) points.push(digest.readUInt32BE(at))
  }
  return points
}
