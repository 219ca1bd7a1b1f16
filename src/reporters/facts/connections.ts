import { formatCount, formatDuration, formatMicros, formatShare } from '../../base/format.js'
import { total } from '../../base/records.js'
import { refusalWords } from '../../results/refusals.js'
import type { LatencySummary, RefusalResult, Result } from '../../results/result.js'
import { blockOf, counted, countedIfAny, type Fact, type FactBlock, type Tone } from './fact.js'

/** How clients connected, why they were disconnected, and where they reconnected to. */
export function connectionsFacts({ connections, affinity, cluster, scenario }: Result): FactBlock | null {
  const { attempted, opened, peak, neverSubscribed, rampUpMs, heartbeats, reconnects } = connections
  const { count } = scenario.plan.clients
  const reconnected = affinity.reconnectedSameNode + affinity.reconnectedOtherNode
  return blockOf('Connections', {
    facts: [
      peak >= count && neverSubscribed === 0
        ? {
            label: 'clients',
            value: `all connected in ${formatDuration(rampUpMs)}, peak ${formatCount(peak)}`,
          }
        : {
            label: 'clients',
            value: `${formatCount(peak)} of ${formatCount(count)} connected`,
            tone: 'doubt',
          },
      ...countedIfAny('never subscribed', neverSubscribed, { tone: 'bad' }),
      ...countedIfAny('publishers never connected', connections.publishersNeverConnected, { tone: 'bad' }),
      counted('opened', opened, {
        remark: `of ${formatCount(attempted)} attempts, publishers and reconnects included`,
      }),
      ...timesFact('handshake', connections.connectMicros),
      ...byNameFact('failed', connections.failed, 'doubt'),
      ...(heartbeats.sent === 0 ? [] : [heartbeatsFact(heartbeats)]),
      ...byNameFact('close codes', connections.closeCodes),
      ...countedIfAny('closed as slow consumers', cluster.backlogDisconnects, { tone: 'doubt' }),
      ...countedIfAny('reconnected', reconnects),
      ...(reconnects === 0 ? [] : timesFact('downtime', connections.downtimeMicros)),
      ...(reconnects === 0 || reconnected === 0
        ? []
        : [
            {
              label: 'reconnected to the same node',
              value: formatShare(affinity.reconnectedSameNode / reconnected),
            },
          ]),
      ...countedIfAny('routed to a draining node', affinity.routedToDraining, { tone: 'doubt' }),
    ],
    groups: connections.refusals.map((refusal) => ({
      name: refusalWords(refusal),
      facts: refusalFacts(refusal),
    })),
  })
}

function refusalFacts({ count, firstAtMs, example, ...refusal }: RefusalResult): Fact[] {
  return [
    counted('times', count, { tone: 'doubt' }),
    { label: 'at', value: stageWords[refusal.stage] },
    { label: 'first', value: `${example}, ${formatDuration(firstAtMs)}` },
    ...countedIfAny('clients never subscribed', refusal.neverSubscribed, { tone: 'bad' }),
    ...countedIfAny('publishers kept out', refusal.neverConnected, { tone: 'bad' }),
  ]
}

const stageWords: Readonly<Record<RefusalResult['stage'], string>> = {
  connect: 'connect',
  subscribe: 'subscription',
  subscribed: 'open connection',
  publish: 'publish',
  any: 'any stage',
}

function timesFact(label: string, { count, p50, p99 }: LatencySummary): Fact[] {
  return count === 0 ? [] : [{ label, value: `p50 ${formatMicros(p50)}, p99 ${formatMicros(p99)}` }]
}

function heartbeatsFact({ sent, answered, missed }: Result['connections']['heartbeats']): Fact {
  const value = `${formatCount(sent)} sent, ${formatCount(answered)} answered, ${formatCount(missed)} missed`
  return { label: 'heartbeats', value, ...(missed > 0 && { tone: 'doubt' }) }
}

/** `1006 ×2,500, 1001 ×12`, the most frequent first. */
function byNameFact(label: string, counts: Readonly<Record<string, number>>, tone?: Tone): Fact[] {
  if (total(counts) === 0) return []
  const entries = Object.entries(counts).toSorted(([, left], [, right]) => right - left)
  const value = entries.map(([name, count]) => `${name} ×${formatCount(count)}`).join(', ')
  return [{ label, value, ...(tone && { tone }) }]
}
