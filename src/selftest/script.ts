import { createRandom, hash32 } from '../base/random.js'

/**
 * What the server does with one message for one subscriber. `hold`: sends it after the next one. `delay`: sends it half an
 * interval later. `late`: sends it after the grace period. `unexpected`: also sends a copy that the subscriber should not
 * get. `corrupt`: sends a copy with another body. `cut`: sends the beginning of the header only.
 */
export type Treatment =
  | 'deliver'
  | 'drop'
  | 'duplicate'
  | 'hold'
  | 'delay'
  | 'late'
  | 'unexpected'
  | 'corrupt'
  | 'cut'

/** Shares of the messages; the others are delivered. */
const treatmentShares: readonly (readonly [Treatment, number])[] = [
  ['drop', 0.01],
  ['duplicate', 0.01],
  ['hold', 0.015],
  ['delay', 0.01],
  ['unexpected', 0.003],
  ['late', 0.005],
  ['corrupt', 0.003],
  ['cut', 0.003],
]

/**
 * One disconnect of a subscriber, and its reconnect. Things planned after a message are done in the middle of the interval
 * that follows it.
 */
export interface PlannedDisconnect {
  readonly closeAfter: number
  readonly how: 'destroy' | 1001 | 1011
  /** The last messages before the disconnect are dropped. */
  readonly dropsBefore: number
  /** The next subscription is confirmed after this message; beyond the last message: never. */
  readonly confirmAfter: number
  /** The first connection after the disconnect is closed, too. */
  readonly closesTwice: boolean
  readonly claimsRecovery: boolean
  readonly replay: Replay
}

export interface Replay {
  /** Of the messages missed. */
  readonly share: 0 | 0.5 | 1
  readonly order: 'forward' | 'backward'
  /** `later`: after the next message of the stream. */
  readonly when: 'now' | 'later'
  readonly copies: 1 | 2
  /** How many of the latest messages that it had received are sent again. */
  readonly again: number
}

/** All faults of one subscriber. They are drawn from the seed and the subscriber's number. */
export class Script {
  readonly disconnects: readonly PlannedDisconnect[]
  /** A message that was never published is sent after the last one. */
  readonly endsUnpublished: boolean
  readonly #seed: number
  readonly #headLoss: number
  readonly #tailLoss: number

  constructor(
    seed: number,
    member: number,
    readonly messages: number,
  ) {
    this.#seed = hash32(seed, member)
    const random = createRandom(this.#seed)
    this.#headLoss = random() < 0.1 ? 1 + pick(random, 2) : 0
    this.#tailLoss = random() < 0.1 ? 1 + pick(random, 2) : 0
    this.endsUnpublished = random() < 0.05
    this.disconnects = drawDisconnects(random, messages)
  }

  treatmentOf(slot: number, sequence: number): Treatment {
    if (sequence <= this.#headLoss || sequence > this.messages - this.#tailLoss) return 'drop'
    if (this.disconnects.some((each) => isJustBefore(each, sequence))) return 'drop'
    let drawn = this.drawOf(slot, sequence)
    for (const [treatment, share] of treatmentShares) {
      if (drawn < share) return treatment
      drawn -= share
    }
    return 'deliver'
  }

  /** Uniform in [0, 1), for this subscriber and message. */
  drawOf(slot: number, sequence: number): number {
    return hash32(this.#seed, slot * 100_003 + sequence) / 2 ** 32
  }
}

function isJustBefore({ closeAfter, dropsBefore }: PlannedDisconnect, sequence: number): boolean {
  return sequence <= closeAfter && sequence > closeAfter - dropsBefore
}

function drawDisconnects(random: () => number, messages: number): PlannedDisconnect[] {
  const count = random() < 0.5 ? 0 : 1 + pick(random, 3)
  const disconnects: PlannedDisconnect[] = []
  let earliest = 2
  for (let order = 0; order < count && earliest <= messages; order += 1) {
    const drawn = drawDisconnect(random, earliest + pick(random, messages / 2), messages)
    if (drawn.closeAfter > messages) break
    disconnects.push(drawn)
    earliest = drawn.confirmAfter + 1
  }
  return disconnects
}

function drawDisconnect(random: () => number, closeAfter: number, messages: number): PlannedDisconnect {
  const gap = 1 + pick(random, 4)
  return {
    closeAfter,
    how: (['destroy', 1001, 1011] as const)[pick(random, 3)]!,
    dropsBefore: random() < 0.3 ? 1 + pick(random, 3) : 0,
    confirmAfter: random() < 0.05 ? messages + 1 : closeAfter + gap,
    closesTwice: gap > 1 && random() < 0.1,
    claimsRecovery: random() < 0.4,
    replay: {
      share: ([0, 0.5, 1] as const)[pick(random, 3)]!,
      order: random() < 0.7 ? 'forward' : 'backward',
      when: random() < 0.7 ? 'now' : 'later',
      copies: random() < 0.9 ? 1 : 2,
      again: random() < 0.2 ? 1 + pick(random, 3) : 0,
    },
  }
}

/** A whole number in [0, below). */
export function pick(random: () => number, below: number): number {
  return Math.floor(random() * below)
}
