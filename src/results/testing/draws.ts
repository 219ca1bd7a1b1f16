import { createRandom } from '../../base/random.js'

/** Test support: draws from distributions, the same for the same seed. */
export class Draws {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = createRandom(seed)
  }

  uniform(): number {
    return this.#random()
  }

  /** Mean 0, standard deviation 1: Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random())
  }

  /** Knuth's product of uniforms, in parts, as exp(-mean) would be 0. */
  poisson(mean: number): number {
    if (mean > 100) return this.poisson(mean / 2) + this.poisson(mean / 2)
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = this.#random(); product > limit; product *= this.#random()) count += 1
    return count
  }

  /** A Poisson count whose mean varies: its variance is mean + mean² / `shape`. A whole shape: a sum of exponentials. */
  negativeBinomial(mean: number, shape: number): number {
    const exponentials = Array.from({ length: shape }, () => -Math.log(1 - this.#random()))
    return this.poisson((mean / shape) * exponentials.reduce((sum, value) => sum + value, 0))
  }

  some<Value>(count: number, draw: () => Value): Value[] {
    return Array.from({ length: count }, draw)
  }
}
