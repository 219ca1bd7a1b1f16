import { count, duration, rate, type Unit } from '../../base/quantity.js'

/** A scenario as its YAML says it: mappings, lists and plain values. */
export type Data = { readonly [key: string]: unknown }

/** A smaller scenario, and what was made smaller. */
export interface Reduction {
  readonly what: string
  readonly data: Data
}

type Path = readonly (string | number)[]

/**
 * Kinds of reductions, in the order in which they are worth trying: what costs most runs and explains least comes first. Each
 * gives a scenario that is smaller by some measure, so that a search ends.
 */
export const families: readonly ((data: Data) => Reduction[])[] = [
  (data) => withoutParts(data, ['chaos'], 0),
  (data) => withoutParts(data, ['traffic'], 1),
  (data) =>
    smaller(data, [['clients', 'count'], ['cluster', 'nodes'], ...eachTraffic(data, trafficCounts)], counts),
  (data) => smaller(data, eachTraffic(data, [['rate']]), rates),
  withoutSettings,
  (data) => smaller(data, durationPaths(data), durations),
]

const trafficCounts: readonly Path[] = [['channel', 'count'], ['channel', 'members'], ['publishers']]

interface Notation {
  readonly unit: Unit
  readonly least: number
  readonly write: (value: number) => string | number
}

const counts: Notation = { unit: count, least: 1, write: Math.floor }
const rates: Notation = { unit: rate, least: 1, write: (value) => `${Number(value.toPrecision(3))}/s` }
const durations: Notation = { unit: duration, least: 0, write: (value) => `${Math.floor(value)}ms` }

/** Below this a duration is as good as none. */
const SHORT_MS = 100
/** An eighth saves most runs where much can go; three quarters finds what halves miss. */
const factors = [1 / 8, 1 / 2, 3 / 4]

/** Without all parts of a list, without each half of it, each quarter, … each part (Zeller's ddmin, by complements). */
function withoutParts(data: Data, path: Path, fewest: number): Reduction[] {
  const list = at(data, path)
  if (!Array.isArray(list)) return []
  const reductions: Reduction[] = []
  for (let size = list.length - fewest; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < list.length; start += size) {
      const kept = list.filter((_, index) => index < start || index >= start + size)
      const gone = list.slice(start, start + size).map((part, index) => nameOf(part, start + index))
      if (kept.length < fewest || gone.length === 0) continue
      reductions.push({ what: `without ${path.join('.')} ${gone.join(', ')}`, data: put(data, path, kept) })
    }
  }
  return reductions
}

function nameOf(part: unknown, index: number): string {
  const { event, at: time } = (part ?? {}) as { readonly event?: string; readonly at?: string }
  return event === undefined ? `${index + 1}` : `${event} at ${time}`
}

function smaller(data: Data, paths: readonly Path[], { unit, least, write }: Notation): Reduction[] {
  return paths.flatMap((path) => {
    const value = unit.parse(at(data, path))
    if (value === null || value <= least) return []
    const targets = factors.map((factor) => Math.max(least, value * factor))
    const written = [...new Set(targets.map(write))].filter((text) => isBelow(unit.parse(text), value))
    return written.map((text) => ({
      what: `${title(path)} ${text} instead of ${at(data, path)}`,
      data: put(data, path, text),
    }))
  })
}

function isBelow(value: number | null, limit: number): boolean {
  return value !== null && value < limit
}

/** Each optional setting left out, so that its default holds; whole groups first. */
function withoutSettings(data: Data): Reduction[] {
  const groups = settingPaths(data).filter((path) => !isNeeded(path))
  return groups.map((path) => ({
    what: `${title(path)} as by default, instead of ${JSON.stringify(at(data, path))}`,
    data: put(data, path, undefined),
  }))
}

function isNeeded(path: Path): boolean {
  const name = title(path)
  return /^(?:cluster\.(?:nodes|driver)|clients\.count|traffic\[\d+\]\.(?:channel|rate|publishers)\b.*)$/.test(
    name,
  )
}

function settingPaths(data: Data): Path[] {
  const own = ['cluster', 'clients'].map((key): Path => [key])
  return [...own, ...eachTraffic(data, [[]])].flatMap((path) => pathsBelow(at(data, path), path))
}

function pathsBelow(value: unknown, path: Path): Path[] {
  if (!isMapping(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    [...path, key],
    ...pathsBelow(inner, [...path, key]),
  ])
}

/** Settings whose values are durations that make a run longer. */
function durationPaths(data: Data): Path[] {
  const phases: Path[] = ['warmup', 'measure', 'grace'].map((key) => ['phases', key])
  const events = Array.isArray(data.chaos) ? data.chaos : []
  const ofEvents = events.flatMap((event, index) =>
    Object.keys(isMapping(event) ? event : {}).map((key): Path => ['chaos', index, key]),
  )
  return [...ofEvents, ...phases, ['cluster', 'drain', 'window'] as const].filter(
    (path) => (duration.parse(at(data, path)) ?? 0) > SHORT_MS,
  )
}

function eachTraffic(data: Data, paths: readonly Path[]): Path[] {
  const entries = Array.isArray(data.traffic) ? data.traffic : []
  return entries.flatMap((_, index) => paths.map((path) => ['traffic', index, ...path]))
}

function isMapping(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function at(data: unknown, path: Path): unknown {
  const [key, ...rest] = path
  if (key === undefined) return data
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return undefined
  return at((data as Record<string | number, unknown>)[key], rest)
}

/** A copy in which `path` has this value; undefined leaves the key out, and with it a mapping that would be empty. */
function put(data: Data, path: Path, value: unknown): Data {
  return replaced(data, path, value) as Data
}

function replaced(data: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(data))
    return data.map((part, index) => (index === key ? replaced(part, rest, value) : part))
  const inner = replaced((data as Data)[key], rest, value)
  const others = Object.entries(data as Data).map(
    ([name, own]) => [name, name === key ? inner : own] as const,
  )
  const kept = others.filter(
    ([, own]) => own !== undefined && !(isMapping(own) && Object.keys(own).length === 0),
  )
  return Object.fromEntries(kept)
}

/** `traffic[0].rate` */
function title(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1)
}
