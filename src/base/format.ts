/** A setting, or a time during the run: `850 µs`, `12.5 ms`, `30 s`, `2m 10s`, `3h 5m`; three digits, no trailing zeros. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `−${formatDuration(-ms)}`
  if (ms === 0) return '0 s'
  if (ms < 0.9995) return `${short(ms * 1000)} µs`
  if (ms < 999.5) return `${short(ms)} ms`
  if (ms < 59_950) return `${short(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  return seconds < 3600 ? joined(seconds, 'm', 's') : joined(Math.round(seconds / 60), 'h', 'm')
}

/** A measured time: `812 µs`, `1.20 ms`, `2.31 s`. */
export function formatMicros(micros: number, digits = 3): string {
  if (micros < 999.5) return `${Math.round(micros)} µs`
  if (micros < 999_500) return `${significant(micros / 1000, digits)} ms`
  return `${significant(micros / 1_000_000, digits)} s`
}

/** `256 B`, `4.1 KB`, `2.1 GB`: decimal units. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const
  let scaled = bytes
  let unit = 0
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000
    unit += 1
  }
  return `${short(scaled)} ${units[unit]}`
}

/** `50,000` */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `950`, `4.0k`, `200k`, `1.2M`: for a figure that changes every second. */
export function formatCompact(count: number): string {
  if (count < 999.5) return String(Math.round(count))
  const [scaled, suffix] = count < 999_500 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M']
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${suffix}`
}

/** `2,000/s`, `0.2/s` */
export function formatRate(hz: number): string {
  return `${short(hz)}/s`
}

/** `0.0119 %`, `62.4 %` */
export function formatShare(share: number, digits = 3): string {
  return `${significant(share * 100, digits)} %`
}

/** `1 node`, `4 nodes` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Digits before the decimal point are never cut: 1234.5 with three digits is 1235. */
export function significant(value: number, digits: number): string {
  if (value === 0) return '0'
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(decimals, 12))
}

/** Three digits, no trailing zeros: `0.2`, `2,000`. */
function short(value: number): string {
  return value >= 99.95 ? formatCount(value) : String(Number(value.toPrecision(3)))
}

function joined(value: number, unit: string, part: string): string {
  const rest = value % 60
  return `${Math.floor(value / 60)}${unit}${rest === 0 ? '' : ` ${rest}${part}`}`
}
