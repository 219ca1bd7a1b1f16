/** Collector of a repeatable option: variadic ones would eat the scenario's path. */
export function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value]
}
