/**
 * Quantities in scenarios, `--set` and gates. A unit is required and none is guessed: `2M` is a count, never two minutes;
 * `5k/s` is 5,000 per second. One space before the unit is allowed. `parse` returns null for what it does not accept;
 * `expected` completes "expected …".
 */
export interface Unit {
  readonly name: string
  readonly expected: string
  /** The strings that `parse` accepts, for editors. */
  readonly pattern: string
  readonly acceptsNumbers: boolean
  readonly parse: (value: unknown) => number | null
}

/** ms, fractions allowed: `500us` is 0.5. */
export const duration = defineUnit({
  name: 'duration',
  expected: 'a duration with its unit (us, ms, s, m, h), such as 500ms, 30s or 2m',
  factors: { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
})

/** Per second: `30/m` is 0.5. */
export const rate = defineUnit({
  name: 'rate',
  expected: 'a rate per s, m or h, such as 2k/s, 0.2/s or 30/m',
  factors: { '/s': 1, 'k/s': 1000, '/m': 1 / 60, 'k/m': 1000 / 60, '/h': 1 / 3600, 'k/h': 1000 / 3600 },
})

/** Whole bytes. */
export const size = defineUnit({
  name: 'size',
  expected: 'a size with its unit (B, KB, MB, KiB, MiB), such as 256B or 4KiB',
  factors: { B: 1, KB: 1e3, MB: 1e6, KiB: 1024, MiB: 1024 ** 2 },
  isWhole: true,
})

/** A whole number: `50_000`, `50k`, `1.5k`, `2M`, or a plain YAML number. */
export const count = defineUnit({
  name: 'count',
  expected: 'a whole number, such as 500, 50_000, 50k or 2M',
  factors: { '': 1, k: 1e3, M: 1e6 },
  isWhole: true,
  acceptsNumbers: true,
})

/** `1.25`, and `90%` as 0.9. */
export const ratio = defineUnit({
  name: 'ratio',
  expected: 'a percentage or a ratio, such as 90%, 0.5% or 0.9',
  factors: { '': 1, '%': 0.01 },
  acceptsNumbers: true,
})

interface UnitDefinition {
  readonly name: string
  readonly expected: string
  /** The value of one unit, by its spelling. */
  readonly factors: Readonly<Record<string, number>>
  readonly isWhole?: boolean
  readonly acceptsNumbers?: boolean
}

function defineUnit(definition: UnitDefinition): Unit {
  const { name, expected, factors, isWhole = false, acceptsNumbers = false } = definition
  const digits = '[0-9]{1,3}(?:_[0-9]{3})+(?:\\.[0-9]+)?|[0-9]+(?:\\.[0-9]+)?'
  const pattern = `^(${digits}) ?(${Object.keys(factors).join('|')})$`
  const expression = new RegExp(pattern, 'u')
  const accept = (value: number) =>
    value >= 0 && (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)) ? value : null
  const parse = (value: unknown) => {
    if (acceptsNumbers && typeof value === 'number') return accept(value)
    const match = typeof value === 'string' ? expression.exec(value) : null
    if (!match) return null
    const [, number = '', unit = ''] = match
    return accept(withoutFloatNoise(Number(number.replaceAll('_', '')) * (factors[unit] ?? Number.NaN)))
  }
  return { name, expected, pattern, acceptsNumbers, parse }
}

/** 1.1 × 1000 is 1100.0000000000002 in floating point; a double has 15 exact digits. */
function withoutFloatNoise(value: number): number {
  return Number(value.toPrecision(15))
}
