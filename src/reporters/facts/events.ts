import { formatCount, formatDuration, formatMicros, formatShare } from '../../base/format.js'
import type { EventResult, LatencySummary, Result } from '../../results/result.js'
import {
  blockOf,
  type Cell,
  type Column,
  countCell,
  countedIfAny,
  type Fact,
  type FactBlock,
  NOTHING,
} from './fact.js'

const downtimes = [
  { label: 'downtime p50', figure: 'p50' },
  { label: 'downtime p95', figure: 'p95' },
  { label: 'downtime p99', figure: 'p99', rank: 2 },
  { label: 'downtime max', figure: 'max', rank: 1 },
] as const satisfies readonly (Column & { readonly figure: keyof LatencySummary })[]

/** When each event happened and to what, how many clients it disconnected, how they came back, what was lost. */
export function eventsFacts({ events, cluster }: Result): FactBlock | null {
  return blockOf('Events', {
    table: {
      title: 'Events',
      columns: [{ label: 'disconnected' }, { label: 'reconnected' }, ...downtimes, { label: 'lost' }],
      rows: events.map((event) => ({ name: event.id, cells: cellsOf(event) })),
    },
    groups: events.map((event) => ({ name: event.id, facts: factsOf(event, cluster.nodes) })),
    items: events.flatMap(({ id, failure }) =>
      failure === null ? [] : [{ label: id, value: failure, tone: 'bad' as const }],
    ),
  })
}

/** Clients that were handed over were never disconnected. */
function cellsOf({ affectedClients, recovery, lost }: EventResult): Cell[] {
  const { handedOver, recovered, downtimeMicros } = recovery
  const disconnected = affectedClients - handedOver
  const value = disconnected === 0 ? NOTHING : formatCount(recovered - handedOver)
  return [
    countCell(disconnected, 'doubt'),
    { value, ...(affectedClients > recovered && { tone: 'bad' }) },
    ...downtimes.map(({ figure }) => ({
      value: downtimeMicros.count === 0 ? NOTHING : formatMicros(downtimeMicros[figure]),
    })),
    countCell(lost, 'bad'),
  ]
}

function factsOf(event: EventResult, nodes: readonly string[]): Fact[] {
  const {
    startedAtMs,
    finishedAtMs,
    targets,
    affectedClients,
    recovery,
    affinity,
    remapped,
    lastConnectionOnTargetMs,
  } = event
  const isAll = targets.length > 1 && targets.length === nodes.length
  return [
    {
      label: 'at',
      value: `${formatDuration(startedAtMs)}, took ${formatDuration(finishedAtMs - startedAtMs)}`,
    },
    ...factIf(targets.length > 0, 'on', isAll ? `all ${targets.length} nodes` : targets.join(', ')),
    ...countedIfAny('handed over', recovery.handedOver),
    ...countedIfAny('never reconnected', affectedClients - recovery.recovered, { tone: 'bad' }),
    ...factIf(affectedClients > 0, 'recovery', recoveryWords(recovery)),
    ...factIf(affectedClients > 0, 'reconnects', `peak ${formatCount(event.peakReconnectsPerSecond)}/s`),
    ...countedIfAny('replayed', event.replayed),
    ...countedIfAny('routed to a draining node', affinity.routedToDraining, { tone: 'doubt' }),
    ...(remapped && remapped.returned > 0
      ? [
          {
            label: 'remapped',
            value: `${formatShare(remapped.moved / remapped.returned)} of ${formatCount(remapped.returned)}`,
          },
        ]
      : []),
    ...(lastConnectionOnTargetMs === null
      ? []
      : [{ label: 'last connection on target', value: formatDuration(lastConnectionOnTargetMs) }]),
    ...balanceFact(recovery),
    ...factIf(event.evidence.length > 0, 'evidence', event.evidence.join('; ')),
  ]
}

function factIf(isSo: boolean, label: string, value: string): Fact[] {
  return isSo ? [{ label, value }] : []
}

function recoveryWords({ timeTo95Ms, timeTo99Ms, timeTo100Ms }: EventResult['recovery']): string {
  const times = [
    ['95 %', timeTo95Ms],
    ['99 %', timeTo99Ms],
    ['all', timeTo100Ms],
  ] as const
  const reached = times.flatMap(([share, ms]) =>
    ms === null ? [] : [`${share} after ${formatDuration(ms)}`],
  )
  return reached.join(', ') || 'never 95 %'
}

function balanceFact({ rebalanceMs }: EventResult['recovery']): Fact[] {
  if (rebalanceMs === 0) return []
  if (rebalanceMs === null) return [{ label: 'balance', value: 'not rebalanced', tone: 'doubt' }]
  return [{ label: 'balance', value: `rebalanced after ${formatDuration(rebalanceMs)}` }]
}
