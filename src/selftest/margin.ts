import type { Subscription } from './delivery-log.js'

/**
 * How soon after a time at which its class would have changed a message came. The generator hears of such a time after
 * the server, never before: if it hears of it later than this, the two may judge the message differently.
 */
export class Margin {
  closestMicros = Number.POSITIVE_INFINITY

  constructor(readonly graceMicros: number) {}

  look(subscriptions: readonly Subscription[], sentMicros: number): void {
    for (const { fromMicros, toMicros } of subscriptions) {
      this.#note(sentMicros - fromMicros)
      this.#note(sentMicros - toMicros)
      this.#note(sentMicros + this.graceMicros - toMicros)
    }
  }

  #note(distanceMicros: number): void {
    if (distanceMicros >= 0 && distanceMicros < this.closestMicros) this.closestMicros = distanceMicros
  }
}
