/** What a workload measures: one side against another, once a round, both in the same run. */
export interface Figure {
  /** `receive.cpu`: the workload and what is compared; with `against` it names the figure for ever. */
  readonly name: string
  readonly against: string
  /** What the sides' numbers are. */
  readonly unit: string
  readonly target: Target | null
  /** Ours over the other's, by round. */
  readonly ratios: readonly number[]
  /** By side and round, in `unit`. */
  readonly sides: Readonly<Record<string, readonly number[]>>
  /** What else there is to say, a line each. */
  readonly notes?: readonly string[]
}

export type Target = { readonly atMost: number } | { readonly atLeast: number }

export interface Spread {
  readonly least: number
  readonly median: number
  readonly most: number
}

export interface Comparison {
  readonly name: string
  readonly unit: string
  readonly ours: string
  readonly against: string
  readonly target?: Target
}

/** Round by round, `sides[ours]` over `sides[against]`. */
export function compare(sides: Readonly<Record<string, readonly number[]>>, comparison: Comparison): Figure {
  const { name, unit, ours, against, target = null } = comparison
  const others = sides[against]!
  const ratios = sides[ours]!.map((value, round) => value / others[round]!)
  return { name, against, unit, target, ratios, sides: { [ours]: sides[ours]!, [against]: others } }
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other)
  const upper = sorted[sorted.length >> 1]!
  const lower = sorted[(sorted.length - 1) >> 1]!
  return { least: sorted[0]!, median: (lower + upper) / 2, most: sorted.at(-1)! }
}

/** Whether the median ratio meets the target; null where there is none. */
export function isMet({ target, ratios }: Figure): boolean | null {
  if (target === null) return null
  const { median } = spreadOf(ratios)
  return 'atMost' in target ? median <= target.atMost : median >= target.atLeast
}
