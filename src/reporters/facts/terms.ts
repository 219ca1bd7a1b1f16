import type { Fact, FactBlock } from './fact.js'
import type { RunFacts } from './run-facts.js'

/** What labels mean, in the words of docs/glossary.md. */
export const terms: Readonly<Record<string, string>> = {
  due: 'pairs of an accepted message and a client that was subscribed when it was sent',
  delivered:
    'received within the grace period, on the connection that was subscribed when the message was sent',
  late: 'received on that connection as well, but after the grace period',
  replayed: 'received on a later connection, through resume or handover',
  reordered: 'received after a later message of the same stream',
  duplicates: 'received again on the same connection',
  'duplicates across reconnects': 'received again on a later connection',
  unexpected: 'received, but never published, or not to this client',
  corrupted: 'received, but with another body than was published',
  malformed: 'received, but cut or changed so that nobody can tell which message it was',
  ambiguous: 'not classified, because too many gaps were open at once',
  'in flight': 'lost although sent well within a subscription',
  'on disconnect': 'lost; sent less than the grace period before the connection ended',
  'while offline': 'lost; sent while the client was not connected',
  'false recovery': 'server claimed a full replay, but missed some',
  unexplained: 'losses that no event explains',
  'from planned send': 'from the planned send of a message to its receipt',
  'service time': 'from the actual send of a message to its receipt',
  'generator delay': 'from the planned to the actual send',
  'generator overhead (p99)': 'what the generator itself adds: it sends late, and notices receipts late',
  'end-to-end, same node': 'from publisher to subscriber, both connected to one node',
  'end-to-end, cross node': 'from publisher to subscriber on another node',
  disconnected: 'clients whose connection ended because of the event',
  'downtime p50': 'from a disconnect to the next subscription of the same client',
  recovery: 'from the start of the event until this share of its clients was connected again',
  'handed over': 'clients that subscribed on another connection before the old one ended',
  remapped: 'share of the clients that reconnected which the balancer sent to another node',
  'routed to a draining node': 'clients that the balancer sent to a node that was leaving the pool',
  balance: 'rebalanced as soon as no node has more than 1.1 times the mean of connections',
  'max/mean': 'connections of the fullest node over the mean of all nodes',
  CV: 'coefficient of variation of the connections per node',
  'closed as slow consumers':
    'connections closed by their node (1013), because the client did not read fast enough',
  'CPU, measured': 'share of a core in the measure phase',
  bound: 'above it the run is invalid: it measured the generator, not the cluster',
}

/** The terms that a report uses, in the order above. */
export function termsIn(facts: RunFacts): Fact[] {
  const labels = new Set(Object.values(facts).flatMap((block) => (block ? labelsOf(block) : [])))
  return Object.entries(terms).flatMap(([label, value]) => (labels.has(label) ? [{ label, value }] : []))
}

function labelsOf({ table, facts, groups, tables }: FactBlock): string[] {
  const all = [...(table ? [table] : []), ...tables]
  return [
    ...[...facts, ...groups.flatMap((group) => group.facts)].map(({ label }) => label),
    ...all.flatMap(({ columns, rows }) => [
      ...columns.map(({ label }) => label),
      ...rows.map(({ name }) => name),
    ]),
  ]
}
