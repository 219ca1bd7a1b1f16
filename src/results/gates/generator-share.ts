import { formatMicros } from '../../base/format.js'
import type { LatencySummary, Measurement } from '../result.js'

/** The time that the generator itself can have made of a figure, and by what. */
export interface GeneratorShare {
  readonly what: string
  readonly micros: number
}

/** What the generator adds to the times that it measures: it sends late, and notices late what has arrived. */
const parts = {
  sendDelay: { what: 'generator delay', of: ({ latency }) => latency.sendDelay },
  eventLoopLag: { what: 'event-loop lag', of: ({ generator }) => generator.eventLoopLag },
} as const satisfies Record<
  string,
  { readonly what: string; readonly of: (result: Measurement) => LatencySummary }
>

export type GeneratorPart = keyof typeof parts

/** Of the distance between value and limit. A share up to that does not decide a gate. */
const NEGLIGIBLE = 1 / 5

/** The larger of `added` at the same figure, over the whole run; null if the generator adds nothing. */
export function generatorShare(
  result: Measurement,
  figure: Exclude<keyof LatencySummary, 'histogram'>,
  added: readonly GeneratorPart[],
): GeneratorShare | null {
  const shares = added.map((part) => ({ what: parts[part].what, micros: parts[part].of(result)[figure] }))
  return shares.sort((one, other) => other.micros - one.micros)[0] ?? null
}

/**
 * Whether a gate passes or fails whatever the generator added. A value below its limit is nearer to it than 0 is, so none passes
 * where the share is more than a fifth of the limit.
 */
export function isDecided(value: number, bound: number, { micros }: GeneratorShare): boolean {
  return micros <= NEGLIGIBLE * Math.abs(value - bound)
}

/** `of which the generator can have made 95.0 ms (event-loop lag)` */
export function shareWords(value: number, { what, micros }: GeneratorShare): string {
  return micros < value
    ? `of which the generator can have made ${formatMicros(micros)} (${what})`
    : `all of which the generator can have made (${what} ${formatMicros(micros)})`
}
