const byName = new Intl.Collator('en', { numeric: true })

/** The same entries in the order of their names, n2 before n10, so that a result does not depend on who came first. */
export function sortedByName<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => byName.compare(left, right)))
}

/** Counts added up name by name. */
export function sumByName(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>()
  for (const record of records) {
    for (const [name, count] of Object.entries(record)) sums.set(name, (sums.get(name) ?? 0) + count)
  }
  return sortedByName(Object.fromEntries(sums))
}

/** The entry of that very name; undefined for one that only every object has (`constructor`). */
export function entry<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
