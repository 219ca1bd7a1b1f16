const NEVER = -1

/** One subscription, from the server's confirmation to the end of its connection. */
export interface Subscription {
  readonly node: string
  readonly fromMicros: number
  /** Infinity while it lasts. */
  toMicros: number
  readonly claimsRecovery: boolean
}

/** Everything that the server sent to one subscriber: its subscriptions, and every copy of every message. */
export class DeliveryLog {
  readonly subscriptions: Subscription[] = []
  /** Copies that the subscriber should not have been sent. */
  unexpected = 0
  /** Copies sent with another body. */
  corrupted = 0
  /** Messages cut within the header; they do not count as sent. */
  malformed = 0
  /** By message: the subscription in which its first copy was sent. */
  readonly #firstIn: Int16Array
  /** By message: when its first copy was sent. */
  readonly #firstMicros: Float64Array
  readonly #isOutOfOrder: Uint8Array
  /** By message: further copies in the subscription of the first, and in later ones. */
  readonly #sameAgain: Uint8Array
  readonly #laterAgain: Uint8Array
  /** By subscription and slot: the highest sequence of a first copy in it. */
  readonly #highest: number[][] = []

  constructor(
    readonly slots: number,
    readonly messages: number,
  ) {
    this.#firstIn = new Int16Array(slots * messages).fill(NEVER)
    this.#firstMicros = new Float64Array(slots * messages)
    this.#isOutOfOrder = new Uint8Array(slots * messages)
    this.#sameAgain = new Uint8Array(slots * messages)
    this.#laterAgain = new Uint8Array(slots * messages)
  }

  subscribed(node: string, fromMicros: number, claimsRecovery: boolean): void {
    this.subscriptions.push({ node, fromMicros, toMicros: Number.POSITIVE_INFINITY, claimsRecovery })
    this.#highest.push(new Array<number>(this.slots).fill(0))
  }

  disconnected(toMicros: number): void {
    this.subscriptions.at(-1)!.toMicros = toMicros
  }

  sent(slot: number, sequence: number, atMicros: number): void {
    const message = this.#index(slot, sequence)
    const current = this.subscriptions.length - 1
    const first = this.#firstIn[message]!
    if (first === current) this.#sameAgain[message]! += 1
    else if (first !== NEVER) this.#laterAgain[message]! += 1
    else {
      this.#firstIn[message] = current
      this.#firstMicros[message] = atMicros
      const highest = this.#highest[current]!
      this.#isOutOfOrder[message] = sequence < highest[slot]! ? 1 : 0
      highest[slot] = Math.max(highest[slot]!, sequence)
    }
  }

  wasSent(slot: number, sequence: number): boolean {
    return this.#firstIn[this.#index(slot, sequence)] !== NEVER
  }

  /** Whether the first copy of a later message of the slot was sent in the subscription of this number. */
  isOvertakenIn(subscription: number, slot: number, sequence: number): boolean {
    return this.#highest[subscription]![slot]! > sequence
  }

  /** The subscription in which the first copy was sent. */
  firstIn(slot: number, sequence: number): Subscription | undefined {
    return this.subscriptions[this.#firstIn[this.#index(slot, sequence)]!]
  }

  /** When the first copy was sent, if one was. */
  firstMicros(slot: number, sequence: number): number {
    return this.#firstMicros[this.#index(slot, sequence)]!
  }

  /** Whether the first copy was sent after one of a later message of its stream, in the same subscription. */
  isOutOfOrder(slot: number, sequence: number): boolean {
    return this.#isOutOfOrder[this.#index(slot, sequence)] === 1
  }

  /** Further copies in the subscription of the first, and in later ones. */
  furtherCopies(slot: number, sequence: number): { readonly same: number; readonly later: number } {
    const message = this.#index(slot, sequence)
    return { same: this.#sameAgain[message]!, later: this.#laterAgain[message]! }
  }

  #index(slot: number, sequence: number): number {
    return slot * this.messages + sequence - 1
  }
}
