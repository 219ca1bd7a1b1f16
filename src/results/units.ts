import { entry } from '../base/records.js'

/** Units of what a gate compares; times are µs, shares 0 … 1. */
export type Unit = 'micros' | 'count' | 'ratio' | 'rate'

const factors: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  micros: { us: 1, µs: 1, ms: 1e3, s: 1e6, m: 6e7 },
  count: { '': 1, k: 1e3, M: 1e6 },
  ratio: { '': 1, '%': 0.01 },
  rate: { '/s': 1, 'k/s': 1e3 },
}

/** Completes "expected …". */
export const expectedQuantity: Readonly<Record<Unit, string>> = {
  micros: 'a time with its unit (us, ms, s, m), such as 250ms',
  count: 'a count, such as 0, 5_000 or 5k',
  ratio: 'a ratio or a percentage, such as 1.25 or 8%',
  rate: 'a rate per second, such as 500/s or 2k/s',
}

/** `250ms` → 250,000 of `micros`; null for what is no quantity of that unit. */
export function parseQuantity(text: string, unit: Unit): number | null {
  const match = /^([0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)\s*([^0-9\s]*)$/.exec(text)
  const factor = match ? entry(factors[unit], match[2]!) : undefined
  if (!match || factor === undefined) return null
  // 1.1 × 1000 is 1100.0000000000002 in floating point.
  return Number((Number(match[1]!.replaceAll('_', '')) * factor).toPrecision(15))
}

/** A quantity as the screen shows it, with `digits` significant digits: `1.24 ms`, `50,000`, `1.25`, `500/s`. */
export function formatQuantity(value: number, unit: Unit, digits = 3): string {
  switch (unit) {
    case 'micros':
      return formatMicros(value, digits)
    case 'count':
      return formatCount(value)
    case 'ratio':
      return significant(value, digits)
    case 'rate':
      return `${formatCount(value)}/s`
  }
}

/** `812 µs`, `1.24 ms`, `2.31 s` */
export function formatMicros(micros: number, digits = 3): string {
  if (micros < 1_000) return `${Math.round(micros)} µs`
  if (micros < 1_000_000) return `${significant(micros / 1_000, digits)} ms`
  return `${significant(micros / 1_000_000, digits)} s`
}

/** `0 s`, `12.5 s`: a moment or a length of the timeline. */
export function formatSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`
}

/** `50,000` */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `0.0119 %`, `62.4 %` */
export function formatShare(share: number, digits = 3): string {
  return `${significant(share * 100, digits)} %`
}

/** Whole digits are never cut: 1234.5 with three digits is 1235. */
function significant(value: number, digits: number): string {
  if (value === 0) return '0'
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(decimals, 12))
}
