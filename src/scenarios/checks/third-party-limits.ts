import { formatBytes, formatCount, formatRate } from '../../base/format.js'
import { eventOf } from '../../chaos/index.js'
import type { Draft } from './draft.js'

interface Bound {
  readonly what: string
  readonly most: number
  readonly format: (value: number) => string
  of(clients: NonNullable<Draft['clients']>, draft: Draft): number
}

/** What a server that may be somebody else's has to bear at most. docs/your-own-cluster.md has the figures. */
const bounds: readonly Bound[] = [
  {
    what: 'connections',
    most: 100,
    format: formatCount,
    of: ({ count }, { traffic }) =>
      count + sum(traffic, (entry) => (entry.via === 'echo' ? 0 : senders(entry))),
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
    what: 'for it to deliver',
    most: 10e6,
    format: formatBytesPerSecond,
    of: (clients, { traffic }) =>
      sum(traffic, (entry) => sendRate(entry, clients) * entry.size * receivers(entry, clients)),
  },
  {
    what: 'connects by chaos',
    most: 100,
    format: formatRate,
    of: ({ count }, { chaos }) => count * mostCuts(chaos),
  },
  {
    what: 'connects while it refuses them (clients.reconnect.cap)',
    most: 100,
    format: formatRate,
    of: ({ count, reconnect }) => count * triesPerSecond(reconnect.cap),
  },
  {
    what: 'connects of a client that it drops (clients.reconnect.base)',
    most: 20,
    format: formatRate,
    of: ({ reconnect }) => triesPerSecond(reconnect.base),
  },
]

/** Each bound that the scenario goes beyond, in words: `10,080 connections (at most 100)`. */
export function exceedsThirdPartyLimits(draft: Draft): string[] {
  const { clients } = draft
  if (!clients) return []
  return bounds.flatMap(({ what, most, format, of }) => {
    const value = of(clients, draft)
    return value <= most ? [] : [`${format(value)} ${what} (at most ${format(most)})`]
  })
}

type Entry = NonNullable<Draft['traffic'][number]>

function sum(traffic: Draft['traffic'], of: (entry: Entry) => number): number {
  return traffic.reduce((total, entry) => total + (entry ? of(entry) : 0), 0)
}

function senders({ publishers, channel }: Entry): number {
  return publishers * channel.count
}

function sendRate(entry: Entry, { count }: NonNullable<Draft['clients']>): number {
  return entry.rate * (entry.via === 'echo' ? count : senders(entry))
}

function receivers({ via, channel }: Entry, { count }: NonNullable<Draft['clients']>): number {
  if (via === 'echo') return 1
  return channel.members === 'all' ? count : channel.members
}

/** Of a back-off uniform between 0 and this bound. */
function triesPerSecond(boundMs: number): number {
  return 2_000 / boundMs
}

/** Cuts that a client gets in the worst second: it connects again after each. */
function mostCuts(chaos: Draft['chaos']): number {
  const cuts = chaos.flatMap((event) => {
    const cut = event && eventOf(event).cuts?.(event)
    if (!event || !cut) return []
    const lastsMs = cut.everyMs === null ? 0 : cut.lastsMs
    return [
      {
        fromMs: event.at,
        toMs: event.at + lastsMs,
        rate: cut.everyMs === null ? cut.share : 1_000 / cut.everyMs,
      },
    ]
  })
  const worst = cuts.map(({ fromMs }) =>
    cuts
      .filter((cut) => cut.fromMs < fromMs + 1_000 && cut.toMs >= fromMs)
      .reduce((total, { rate }) => total + rate, 0),
  )
  return Math.max(0, ...worst)
}

function formatBytesPerSecond(value: number): string {
  return `${formatBytes(value)}/s`
}
