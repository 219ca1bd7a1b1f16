import { formatCount, formatMicros, formatRate, significant } from '../base/format.js'
import { count, duration, type Unit as Quantity, rate, ratio } from '../base/quantity.js'

/** Units of metrics; times are µs, shares 0 … 1. */
export type Unit = 'micros' | 'count' | 'ratio' | 'rate'

const quantities: Readonly<Record<Unit, Quantity>> = { micros: duration, count, ratio, rate }

/** Completes "expected …". */
export function expectedQuantity(unit: Unit): string {
  return quantities[unit].expected
}

/** `250ms` → 250,000 of `micros`; null if the text is not a quantity of that unit. */
export function parseQuantity(text: string, unit: Unit): number | null {
  const value = quantities[unit].parse(text)
  return value === null || unit !== 'micros' ? value : Number((value * 1000).toPrecision(15))
}

/** A quantity for reading, with `digits` significant digits: `1.24 ms`, `50,000`, `1.25`, `500/s`. */
export function formatQuantity(value: number, unit: Unit, digits = 3): string {
  switch (unit) {
    case 'micros':
      return formatMicros(value, digits)
    case 'count':
      return formatCount(value)
    case 'ratio':
      return significant(value, digits)
    case 'rate':
      return formatRate(value)
  }
}
