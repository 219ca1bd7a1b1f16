import { usageError } from '../base/errors.js'
import { count, duration, rate, size, type Unit } from '../base/quantity.js'
import type { Scenario } from '../scenarios/schema.js'
import { pathGrammar } from '../scenarios/yaml/overrides.js'

/** The value of a scenario that is raised from level to level. */
export interface Ramp {
  /** As in `--set`. */
  readonly path: string
  /** As the unit parses them; `from` is below `to` and above 0. */
  readonly from: number
  readonly to: number
  /** A level as the scenario writes it, rounded to three digits, and the value of that. */
  readonly level: (value: number) => { readonly text: string; readonly value: number }
}

interface Notation {
  readonly unit: Unit
  readonly write: (value: number) => string
  readonly isWhole: boolean
}

const notations: readonly Notation[] = [
  { unit: count, write: (value) => `${value}`, isWhole: true },
  { unit: rate, write: (value) => `${value}/s`, isWhole: false },
  { unit: size, write: (value) => `${value}B`, isWhole: true },
  { unit: duration, write: (value) => `${value}ms`, isWhole: false },
]

/** For the most common ramps. */
const shorthands: Readonly<Record<string, string>> = { clients: 'clients.count', rate: 'traffic[0].rate' }
/** Without --ramp: four doublings up to the scenario's number of clients. */
const DEFAULT_SPAN = 16

/** Reads `path=from..to`, such as `clients=1k..50k` or `traffic[0].rate=0.2/s..5/s`; throws a usage error for anything else. */
export function parseRamp(text: string): Ramp {
  const [, path = '', low = '', high = ''] = /^([^=]*)=(.*?)\.\.(.*)$/.exec(text) ?? []
  const fullPath = shorthands[path.trim()] ?? path.trim()
  if (!pathGrammar.test(fullPath) || low === '' || high === '') {
    throw usageError(
      `--ramp ${text}: expected path=from..to`,
      'for example clients=1k..50k, or rate=0.2/s..5/s',
    )
  }
  for (const notation of notations) {
    const [from, to] = [notation.unit.parse(low.trim()), notation.unit.parse(high.trim())]
    if (from === null || to === null) continue
    if (from > 0 && from < to) return rampOf(fullPath, { from, to }, notation)
    throw usageError(
      `--ramp ${text}: expected a range from a value above 0 to a higher one`,
      `for example ${path}=1..10`,
    )
  }
  throw usageError(
    `--ramp ${text}: expected two counts, rates, sizes or durations`,
    `such as ${notations.map(({ write }) => `${write(1)}..${write(8)}`).join(', ')}`,
  )
}

/** The ramp of a search without --ramp: the number of clients. */
export function rampOfClients({ clients }: Scenario): Ramp {
  const from = Math.max(1, Math.round(clients.count / DEFAULT_SPAN))
  if (from >= clients.count) {
    throw usageError(
      `no range to search between ${from} and ${clients.count} clients`,
      'give one with --ramp',
    )
  }
  return parseRamp(`clients.count=${from}..${clients.count}`)
}

function rampOf(
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
  { write, isWhole }: Notation,
): Ramp {
  return {
    path,
    from,
    to,
    level(value) {
      const isEnd = value === from || value === to
      const rounded = isEnd ? value : Number(value.toPrecision(3))
      const exact = isWhole ? Math.round(rounded) : rounded
      return { text: write(exact), value: exact }
    },
  }
}
