/** The sum of `read(item)` over all items. */
export function sumOf<Item>(items: Iterable<Item>, read: (item: Item) => number): number {
  let sum = 0
  for (const item of items) sum += read(item)
  return sum
}
