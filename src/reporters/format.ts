import { formatCount } from '../base/format.js'

/** `950`, `4.0k`, `200k`, `1.2M`: for a line that changes each second. */
export function formatCompact(count: number): string {
  if (count < 999.5) return String(Math.round(count))
  const [scaled, suffix] = count < 999_500 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M']
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${suffix}`
}

/** `999,999`, `1.23M`: exact as long as there is room in a column. */
export function formatTight(count: number): string {
  return count < 1_000_000 ? formatCount(count) : `${(count / 1_000_000).toPrecision(3)}M`
}
