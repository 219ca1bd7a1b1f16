import { createRandom } from '../../src/base/random.js'
import type { PathShape } from './contract.js'

/** The current shape of a path. */
export class Shaper {
  #shape: PathShape = { kind: 'clear' }
  #random: () => number = () => 0

  set shape(shape: PathShape) {
    this.#shape = shape
    if (shape.kind === 'delay') this.#random = createRandom(shape.seed)
  }

  get isClear(): boolean {
    return this.#shape.kind === 'clear'
  }

  get isBlackHole(): boolean {
    return this.#shape.kind === 'black-hole'
  }

  /** How long a chunk that arrives now is delayed. */
  drawDelayMs(): number {
    if (this.#shape.kind !== 'delay') return 0
    const { delayMs, jitterMs } = this.#shape
    return Math.max(0, delayMs + jitterMs * (2 * this.#random() - 1))
  }
}
