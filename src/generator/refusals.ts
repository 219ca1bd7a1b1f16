import { nowMicros } from '../base/clock.js'
import { escapeText } from '../base/escape.js'
import { keyOf, MAX_REFUSALS, OTHER, type Refusal, type RefusalStage } from '../results/refusals.js'
import { withoutFilled } from './external/filled.js'

/** Longer texts are cut before they are searched for secrets, and once more, much shorter, when they are kept. */
const MAX_RAW = 16_384
const MAX_WORDS = 200
/** Different texts that are searched for secrets; what comes later in other words counts as other. */
const MAX_SEARCHED = 200

export interface RefusedAs {
  readonly stage: RefusalStage
  readonly kind: string
  /** As they came. */
  readonly words: string
  /** Whom: `c17`, `p3`. */
  readonly who: string
}

/** Why a worker's connections and messages were refused. The words are a server's: nothing of them is trusted, all is bounded. */
export class Refusals {
  readonly #rows: Refusal[] = []
  readonly #byKey = new Map<string, number>()
  /** By what came, so that a text is searched for secrets only once. */
  readonly #searched = new Map<string, number>()

  /** Returns the number of the row in which it is counted. */
  add({ stage, kind, words, who }: RefusedAs): number {
    const number = this.#rowOf({ stage, kind, words: words.slice(0, MAX_RAW) }, who)
    this.#rows[number] = { ...this.#rows[number]!, count: this.#rows[number]!.count + 1 }
    return number
  }

  /** `clients`, `publishers`: of each that never got in, the row of its last refusal; −1 if it had none. */
  report(clients: Iterable<number>, publishers: Iterable<number>): Refusal[] {
    const rows = this.#rows.map((row) => ({ ...row }))
    for (const number of clients) if (rows[number]) rows[number].neverSubscribed += 1
    for (const number of publishers) if (rows[number]) rows[number].neverConnected += 1
    return rows
  }

  #rowOf(raw: Pick<Refusal, 'stage' | 'kind' | 'words'>, who: string): number {
    const rawKey = keyOf(raw)
    const known = this.#searched.get(rawKey)
    if (known !== undefined) return known
    if (this.#searched.size >= MAX_SEARCHED) return this.#number(OTHER, who)
    const row = this.#number({ ...raw, words: presentable(raw.words) }, who)
    this.#searched.set(rawKey, row)
    return row
  }

  #number(refusal: Pick<Refusal, 'stage' | 'kind' | 'words'>, who: string): number {
    const known = this.#byKey.get(keyOf(refusal))
    if (known !== undefined) return known
    const isFull = this.#byKey.size >= MAX_REFUSALS && refusal !== OTHER
    if (isFull) return this.#number(OTHER, who)
    const number = this.#rows.length
    this.#byKey.set(keyOf(refusal), number)
    this.#rows.push({
      ...refusal,
      count: 0,
      firstMicros: nowMicros(),
      example: who,
      neverSubscribed: 0,
      neverConnected: 0,
    })
    return number
  }
}

/** A server's words as they may be shown and saved: one line, printable, short, without the secrets that were sent to it. */
export function presentable(words: string): string {
  const line = escapeText(withoutFilled(words.slice(0, MAX_RAW)).trim().replace(/\s+/g, ' '))
  return line.length <= MAX_WORDS ? line : `${line.slice(0, MAX_WORDS - 1)}…`
}
