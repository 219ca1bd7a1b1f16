import { createRandom, hash32 } from '../base/random.js'

/** What is done with one message for one subscriber. `hold`: sent after the next one; `delay`: half an interval later. */
export type Treatment = 'deliver' | 'drop' | 'duplicate' | 'hold' | 'delay' | 'stray'

/** Shares of the messages; the rest is delivered. */
const treatmentShares: readonly (readonly [Treatment, number])[] = [
  ['drop', 0.01],
  ['duplicate', 0.01],
  ['hold', 0.015],
  ['delay', 0.01],
  ['stray', 0.003],
]

/** One cut of a subscriber and what it is told afterwards. Times: the middle of the interval after that sequence. */
export interface Break {
  readonly cutAfter: number
  readonly how: 'destroy' | 1001 | 1011
  /** The last messages before the cut are dropped. */
  readonly dropsBefore: number
  /** Its next subscription is confirmed no sooner; beyond the last message: never. */
  readonly backAfter: number
  /** The first connection it comes back on is cut too. */
  readonly isCutAgain: boolean
  readonly claimsRecovery: boolean
  readonly replay: Replay
}

export interface Replay {
  /** Of what it lacks. */
  readonly share: 0 | 0.5 | 1
  readonly order: 'forward' | 'backward'
  /** `later`: after the next message of the stream. */
  readonly when: 'now' | 'later'
  readonly copies: 1 | 2
  /** How many of the latest it had got before are sent again. */
  readonly again: number
}

/** All that will be done to one subscriber, the same for the same seed, room and rank. */
export class Script {
  readonly breaks: readonly Break[]
  /** A message that was never published follows the last one. */
  readonly endsWithPhantom: boolean
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
    this.endsWithPhantom = random() < 0.05
    this.breaks = drawBreaks(random, messages)
  }

  treatmentOf(slot: number, sequence: number): Treatment {
    if (sequence <= this.#headLoss || sequence > this.messages - this.#tailLoss) return 'drop'
    if (this.breaks.some((each) => isJustBefore(each, sequence))) return 'drop'
    let drawn = this.drawOf(slot, sequence)
    for (const [treatment, share] of treatmentShares) {
      if (drawn < share) return treatment
      drawn -= share
    }
    return 'deliver'
  }

  /** Uniform in [0, 1), of this subscriber and message. */
  drawOf(slot: number, sequence: number): number {
    return hash32(this.#seed, slot * 100_003 + sequence) / 2 ** 32
  }
}

function isJustBefore({ cutAfter, dropsBefore }: Break, sequence: number): boolean {
  return sequence <= cutAfter && sequence > cutAfter - dropsBefore
}

function drawBreaks(random: () => number, messages: number): Break[] {
  const count = random() < 0.5 ? 0 : 1 + pick(random, 3)
  const breaks: Break[] = []
  let earliest = 2
  for (let order = 0; order < count && earliest <= messages; order += 1) {
    const drawn = drawBreak(random, earliest + pick(random, messages / 2), messages)
    if (drawn.cutAfter > messages) break
    breaks.push(drawn)
    earliest = drawn.backAfter + 1
  }
  return breaks
}

function drawBreak(random: () => number, cutAfter: number, messages: number): Break {
  const gap = 1 + pick(random, 4)
  return {
    cutAfter,
    how: (['destroy', 1001, 1011] as const)[pick(random, 3)]!,
    dropsBefore: random() < 0.3 ? 1 + pick(random, 3) : 0,
    backAfter: random() < 0.05 ? messages + 1 : cutAfter + gap,
    isCutAgain: gap > 1 && random() < 0.1,
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
