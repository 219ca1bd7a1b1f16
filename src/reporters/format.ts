import { formatCount, formatMicros, formatShare } from '../results/units.js'

export { formatCount, formatMicros, formatShare }

const bytesUnits = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** `212 MB`, `1.2 GB`: decimal units. */
export function formatBytes(bytes: number): string {
  let scaled = bytes
  let unit = 0
  while (scaled >= 999.5 && unit < bytesUnits.length - 1) {
    scaled /= 1000
    unit += 1
  }
  return `${scaled < 9.95 && unit > 0 ? scaled.toFixed(1) : Math.round(scaled)} ${bytesUnits[unit]}`
}

/** `0.4 s`, `45 s`, `2m 5s`, `3m` */
export function formatSpan(ms: number): string {
  if (ms < 0) return `−${formatSpan(-ms)}`
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  const rest = seconds % 60
  return `${Math.floor(seconds / 60)}m${rest === 0 ? '' : ` ${rest}s`}`
}

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

/** `1 node`, `4 nodes` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
