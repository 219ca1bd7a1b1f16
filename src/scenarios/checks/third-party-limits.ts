import { formatBytes, formatCount, formatRate } from '../../base/format.js'
import { sumOf } from '../../base/sum.js'
import { eventOf } from '../../chaos/index.js'
import type { Draft } from './draft.js'

interface Limit {
  readonly what: string
  readonly most: number
  readonly format: (value: number) => string
  of(clients: NonNullable<Draft['clients']>, draft: Draft): number
}

/** The most load that wsbench puts on a third party's server. docs/your-own-cluster.md lists the limits. */
const limits: readonly Limit[] = [
  {
    what: 'connections',
    most: 100,
    format: formatCount,
    of: (clients, { traffic }) => connectionsOf(clients, traffic),
  },
  {
    what: 'messages sent',
    most: 100,
    format: formatRate,
    of: (clients, { traffic }) => sum(traffic, (entry) => sendRate(entry, clients)),
  },
  {
    what: 'sent',
    most: 1e6,
    format: formatBytesPerSecond,
    of: (clients, { traffic }) => sum(traffic, (entry) => sendRate(entry, clients) * entry.size),
  },
  {
    what: 'to deliver',
    most: 10e6,
    format: formatBytesPerSecond,
    of: (clients, { traffic }) =>
      sum(traffic, (entry) => sendRate(entry, clients) * entry.size * receivers(entry, clients)),
  },
  {
    what: 'connects caused by events',
    most: 100,
    format: formatRate,
    of: ({ count }, { chaos }) => count * mostCuts(chaos),
  },
  {
    what: 'connects while it refuses or soon closes connections (clients.reconnect.cap)',
    most: 100,
    format: formatRate,
    of: (clients, { traffic }) => connectionsOf(clients, traffic) * triesPerSecond(clients.reconnect.cap),
  },
  {
    what: 'connects of a client that it disconnects (clients.reconnect.base)',
    most: 20,
    format: formatRate,
    of: ({ reconnect }) => triesPerSecond(reconnect.base),
  },
]

/** A text for each limit that the scenario exceeds: `10,080 connections (at most 100)`. */
export function exceededThirdPartyLimits(draft: Draft): string[] {
  const { clients } = draft
  if (!clients) return []
  return limits.flatMap(({ what, most, format, of }) => {
    const value = of(clients, draft)
    return value <= most ? [] : [`${format(value)} ${what} (at most ${format(most)})`]
  })
}

type Entry = NonNullable<Draft['traffic'][number]>

function sum(traffic: Draft['traffic'], of: (entry: Entry) => number): number {
  return sumOf(traffic, (entry) => (entry ? of(entry) : 0))
}

function connectionsOf({ count }: NonNullable<Draft['clients']>, traffic: Draft['traffic']): number {
  return count + sum(traffic, (entry) => (ownConnections(entry) ? senders(entry) : 0))
}

function ownConnections({ via }: Entry): boolean {
  return via !== 'echo' && via !== 'members'
}

function senders({ publishers, channel }: Entry): number {
  return publishers * channel.count
}

function sendRate(entry: Entry, clients: NonNullable<Draft['clients']>): number {
  if (entry.via === 'echo') return entry.rate * clients.count
  const perChannel = entry.via === 'members' ? receivers(entry, clients) : entry.publishers
  return entry.rate * perChannel * entry.channel.count
}

function receivers({ via, channel }: Entry, { count }: NonNullable<Draft['clients']>): number {
  if (via === 'echo') return 1
  return channel.members === 'all' ? count : channel.members
}

/** Mean rate of retries if the wait is uniform between 0 and `boundMs`. */
function triesPerSecond(boundMs: number): number {
  return 2_000 / boundMs
}

/** Disconnects of a client in the worst second; it reconnects after each. */
function mostCuts(chaos: Draft['chaos']): number {
  const cuts = chaos.flatMap((event) => {
    const cut = event && eventOf(event).cuts?.(event)
    if (!event || !cut) return []
    const { at } = event
    return cut.everyMs === null
      ? [{ fromMs: at, toMs: at, rate: cut.share }]
      : [{ fromMs: at, toMs: at + cut.lastsMs, rate: 1_000 / cut.everyMs }]
  })
  const starts = cuts.toSorted((one, other) => one.fromMs - other.fromMs)
  const ends = cuts.toSorted((one, other) => one.toMs - other.toMs)
  let [started, ended, rate, worst] = [0, 0, 0, 0]
  for (const { fromMs } of starts) {
    for (; started < starts.length && starts[started]!.fromMs < fromMs + 1_000; started += 1)
      rate += starts[started]!.rate
    for (; ends[ended]!.toMs < fromMs; ended += 1) rate -= ends[ended]!.rate
    worst = Math.max(worst, rate)
  }
  // Without the rounding errors of the running sum.
  return Number(worst.toPrecision(12))
}

function formatBytesPerSecond(value: number): string {
  return `${formatBytes(value)}/s`
}
