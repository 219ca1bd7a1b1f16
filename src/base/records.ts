import { sumOf } from './sum.js'

const byName = new Intl.Collator('en', { numeric: true })

/** The same entries sorted by name, n2 before n10, so that a result does not depend on the order of insertion. */
export function sortedByName<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => byName.compare(left, right)))
}

/** The sum of the counts of each name. */
export function sumByName(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>()
  for (const record of records) {
    for (const [name, count] of Object.entries(record)) sums.set(name, (sums.get(name) ?? 0) + count)
  }
  return sortedByName(Object.fromEntries(sums))
}

/** Counts by name, which may be any text: `constructor` and `__proto__` are names like others. */
export class CountsByName {
  readonly #counts = new Map<string, number>()

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }
}

/** The record's own entry of that name; undefined for inherited ones (`constructor`). */
export function entry<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

export function total(counts: Readonly<Record<string, number>>): number {
  return sumOf(Object.values(counts), (count) => count)
}
