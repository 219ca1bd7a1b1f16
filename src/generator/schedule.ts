import { createRandom, hash32 } from '../base/random.js'
import type { ChannelGroupPlan } from '../plan/plan.js'

/**
 * When one publisher plans to send. Open loop: the times depend on the seed and the publisher alone, whatever the cluster
 * does. Times are µs after the start of traffic.
 */
export interface Schedule {
  /** Planned send time of the next message. */
  readonly nextMicros: number
  advance(): void
}

/**
 * constant: start + k·interval, with the publishers of a group spread evenly over one interval, so that they do not send at
 * once. poisson: exponential gaps.
 */
export function createSchedule(group: ChannelGroupPlan, publisher: number, seed: number): Schedule {
  const intervalMicros = 1e6 / group.rateHz
  return group.arrival === 'poisson'
    ? new PoissonSchedule(intervalMicros, createRandom(hash32(seed, publisher)))
    : new ConstantSchedule(intervalMicros, shareOfInterval(group, publisher))
}

function shareOfInterval(group: ChannelGroupPlan, publisher: number): number {
  return (publisher - group.firstPublisher + 0.5) / (group.count * group.publishers)
}

class ConstantSchedule implements Schedule {
  nextMicros: number
  readonly #offsetMicros: number
  #sent = 0

  constructor(
    readonly intervalMicros: number,
    share: number,
  ) {
    this.#offsetMicros = share * intervalMicros
    this.nextMicros = this.#offsetMicros
  }

  advance(): void {
    this.#sent += 1
    // Multiplied and not summed, so that it does not drift in long runs.
    this.nextMicros = this.#offsetMicros + this.#sent * this.intervalMicros
  }
}

class PoissonSchedule implements Schedule {
  nextMicros: number

  constructor(
    readonly intervalMicros: number,
    readonly random: () => number,
  ) {
    this.nextMicros = this.#gap()
  }

  advance(): void {
    this.nextMicros += this.#gap()
  }

  #gap(): number {
    return -Math.log(1 - this.random()) * this.intervalMicros
  }
}
