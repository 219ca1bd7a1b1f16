/**
 * Quantities as a scenario writes them. A unit is required and nothing is guessed: `2M` is a count, never two minutes;
 * `5k/s` is 5,000 a second. `parse` returns null for what it does not accept; `expected` completes "expected …".
 */
export interface Unit {
  readonly expected: string
  /** What `parse` accepts of strings, for editors. */
  readonly pattern: string
  readonly acceptsNumbers: boolean
  readonly parse: (value: unknown) => number | null
}

/** ms, fractions allowed: `500us` is 0.5. */
export const duration = defineUnit({
  expected: 'a duration with its unit (us, ms, s, m, h), such as 500ms, 30s or 2m',
  factors: { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
})

/** Per second: `30/m` is 0.5. */
export const rate = defineUnit({
  expected: 'a rate per s, m or h, such as 2k/s, 0.2/s or 30/m',
  factors: { '/s': 1, 'k/s': 1000, '/m': 1 / 60, 'k/m': 1000 / 60, '/h': 1 / 3600, 'k/h': 1000 / 3600 },
})

/** Whole bytes. */
export const size = defineUnit({
  expected: 'a size with its unit (B, KB, MB, KiB, MiB), such as 256B or 4KiB',
  factors: { B: 1, KB: 1e3, MB: 1e6, KiB: 1024, MiB: 1024 ** 2 },
  isWhole: true,
})

/** A whole number: `50_000`, `50k`, `1.5k`, `2M`, or a plain YAML number. */
export const count = defineUnit({
  expected: 'a whole number, such as 500, 50_000, 50k or 2M',
  factors: { '': 1, k: 1e3, M: 1e6 },
  isWhole: true,
  acceptsNumbers: true,
})

/** `90%` is 0.9. */
export const share = defineUnit({ expected: 'a percentage, such as 90% or 0.5%', factors: { '%': 0.01 } })

interface UnitDefinition {
  readonly expected: string
  /** What one of each spelling is worth. */
  readonly factors: Readonly<Record<string, number>>
  readonly isWhole?: boolean
  readonly acceptsNumbers?: boolean
}

function defineUnit({ expected, factors, isWhole = false, acceptsNumbers = false }: UnitDefinition): Unit {
  const digits = '[0-9]{1,3}(?:_[0-9]{3})+(?:\\.[0-9]+)?|[0-9]+(?:\\.[0-9]+)?'
  const pattern = `^(${digits})(${Object.keys(factors).join('|')})$`
  const expression = new RegExp(pattern, 'u')
  const accept = (value: number) =>
    value >= 0 && (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)) ? value : null
  const parse = (value: unknown) => {
    if (acceptsNumbers && typeof value === 'number') return accept(value)
    const match = typeof value === 'string' ? expression.exec(value) : null
    if (!match) return null
    const [, number = '', unit = ''] = match
    return accept(withoutFloatDust(Number(number.replaceAll('_', '')) * (factors[unit] ?? Number.NaN)))
  }
  return { expected, pattern, acceptsNumbers, parse }
}

/** 1.1 × 1000 is 1100.0000000000002 in floating point; 15 digits are what a double can promise. */
function withoutFloatDust(value: number): number {
  return Number(value.toPrecision(15))
}

/** `850µs`, `12.5ms`, `30s`, `2m 10s`: three digits, rounded. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms === 0) return '0s'
  if (ms < 0.9995) return `${threeDigits(ms * 1000)}µs`
  if (ms < 999.5) return `${threeDigits(ms)}ms`
  if (ms < 119_500) return `${threeDigits(ms / 1000)}s`
  const seconds = Math.round(ms / 1000)
  const rest = seconds % 60
  return rest === 0 ? `${formatCount(seconds / 60)}m` : `${formatCount(Math.floor(seconds / 60))}m ${rest}s`
}

/** `256 B`, `4.1 KB`, `2.1 GB`: decimal units, three digits. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const
  let scaled = bytes
  let unit = 0
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000
    unit += 1
  }
  return `${threeDigits(scaled)} ${units[unit]}`
}

/** `50,000` */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `2,000/s`, `0.2/s` */
export function formatRate(hz: number): string {
  return `${threeDigits(hz)}/s`
}

function threeDigits(value: number): string {
  return value >= 99.95 ? formatCount(value) : String(Number(value.toPrecision(3)))
}
