import { type Data, families, type Reduction } from './reductions.js'

/** What the runs of one scenario said. */
export interface Trial {
  readonly decision: 'fails' | 'passes' | 'unusable'
  readonly failed: number
  readonly passed: number
  readonly invalid: number
}

export interface TriedReduction extends Trial {
  readonly what: string
}

export interface SearchResult {
  readonly data: Data
  /** Reductions after which it still failed, in order. */
  readonly taken: readonly TriedReduction[]
  /** Reductions of the final scenario after which it no longer fails: why each of its parts is needed. */
  readonly needed: readonly TriedReduction[]
  /** Whether no reduction is left to try; else the search was stopped. */
  readonly isComplete: boolean
}

export interface SearchOptions {
  /** Null: stopped, by the budget or the user. */
  readonly judge: (reduction: Reduction) => Promise<Trial | null>
  /** Whether it is a scenario at all. */
  readonly isValid: (data: Data) => boolean
}

/**
 * Makes a failing scenario smaller until no single reduction of it fails any more. Of each kind of reduction, the first that
 * still fails is taken, until none does; then the next kind, until a whole round takes nothing.
 */
export async function searchSmallest(start: Data, { judge, isValid }: SearchOptions): Promise<SearchResult> {
  let data = start
  const taken: TriedReduction[] = []
  let needed = new Map<string, TriedReduction>()
  const ended = (isComplete: boolean) => ({ data, taken, needed: [...needed.values()], isComplete })

  for (let round = -1; round !== taken.length; ) {
    round = taken.length
    for (const family of families) {
      for (let rest = family(data); rest.length > 0; ) {
        const [reduction, ...others] = rest
        rest = others
        if (needed.has(keyOf(reduction!)) || !isValid(reduction!.data)) continue
        const trial = await judge(reduction!)
        if (trial === null) return ended(false)
        const tried = { what: reduction!.what, ...trial }
        if (trial.decision === 'fails') {
          data = reduction!.data
          taken.push(tried)
          needed = new Map()
          rest = family(data)
        } else needed.set(keyOf(reduction!), tried)
      }
    }
  }
  return ended(true)
}

function keyOf({ data }: Reduction): string {
  return JSON.stringify(data)
}
