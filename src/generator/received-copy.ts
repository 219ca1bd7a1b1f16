import type { Copy } from '../results/delivery/copy.js'

/** When a message was to be sent, was sent, and came. */
export interface Stamps {
  readonly intendedMicros: number
  readonly sentMicros: number
  readonly receivedMicros: number
}

/**
 * The copy at hand; one object serves all that a worker receives. Its times lie in an array: as parameters of functions that
 * are not inlined, or in fields, they would be new objects on the heap.
 */
export class ReceivedCopy implements Copy, Stamps {
  client = 0
  channel = 0
  publisher = 0
  sequence = 0
  isOnLeft = false
  readonly #micros = new Float64Array(3)

  get intendedMicros(): number {
    return this.#micros[0]!
  }

  get sentMicros(): number {
    return this.#micros[1]!
  }

  get receivedMicros(): number {
    return this.#micros[2]!
  }

  set intendedMicros(micros: number) {
    this.#micros[0] = micros
  }

  set sentMicros(micros: number) {
    this.#micros[1] = micros
  }

  set receivedMicros(micros: number) {
    this.#micros[2] = micros
  }
}
