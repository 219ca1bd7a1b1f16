import { formatBytes, formatCount, formatDuration, formatMicros } from '../../base/format.js'
import type { Result } from '../../results/result.js'
import { hostsOf, partName } from '../wording.js'
import { blockOf, counted, type Fact, type FactBlock } from './fact.js'

/** Enough to tell scenarios apart; result.json has all of it. */
const HASH_DIGITS = 12

/** How large the run was, in a line below the verdict. */
export function sizeFacts({ scenario: { plan }, durationMs, startedAt }: Result): Fact[] {
  return [
    counted('clients', plan.clients.count),
    { label: 'measured', value: `${formatDuration(plan.phases.measureMs)} of ${formatDuration(durationMs)}` },
    { label: 'seed', value: String(plan.seed) },
    { label: 'started', value: startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC') },
  ]
}

/** What is needed to run it again: the parts, the machine, the versions. */
export function setupFacts(result: Result): FactBlock | null {
  const { environment, scenario, tool } = result
  return blockOf('Set-up', {
    facts: [
      ...partsOf(result),
      { label: 'machine', value: `${environment.host}, ${environment.cores} cores of ${environment.cpu}` },
      { label: 'memory', value: formatBytes(environment.memoryBytes) },
      { label: 'descriptors', value: `${formatCount(environment.descriptors)} per process` },
      { label: 'system', value: `${environment.platform}, node ${environment.node}` },
      { label: 'load before the run', value: environment.loadAverage.toFixed(2) },
      { label: 'scenario', value: `${scenario.name}, hash ${scenario.hash.slice(0, HASH_DIGITS)}` },
      { label: 'wsbench', value: tool.version },
    ],
  })
}

/** What a reader must know before trusting the figures. */
export function notesFacts({ scenario, generator }: Result): FactBlock | null {
  const notes = [...scenario.plan.notes, ...generator.wallClockSteps.map(stepNote)]
  return blockOf('Notes', { items: notes.map((value) => ({ label: '', value })) })
}

function stepNote({ atMs, stepMs }: Result['generator']['wallClockSteps'][number]): string {
  const size = `${stepMs < 0 ? '−' : '+'}${formatMicros(Math.abs(stepMs) * 1000)}`
  return `the wall clock stepped by ${size} at ${formatDuration(atMs)}; no figure depends on it`
}

function partsOf({ cluster, scenario }: Result): Fact[] {
  const { balancer, broker, nodes, bridge } = cluster
  const { target } = scenario.plan
  const nodesFact = { label: 'nodes', value: `${formatCount(nodes.length)}: ${nodes.join(', ')}` }
  if (target) {
    return [
      { label: 'protocol', value: target.protocol.kind },
      { label: 'target', value: hostsOf(target.urls) },
      // Only servers that identify themselves are known.
      ...(nodes.length === 0 ? [] : [nodesFact]),
    ]
  }
  const versionOf = (part: typeof balancer | NonNullable<typeof broker>) =>
    part.isEmbedded ? partName(part) : `${part.kind} ${part.version}`
  return [
    { label: 'balancer', value: `${versionOf(balancer)}, ${balancer.strategy}` },
    { label: 'broker', value: broker ? `${versionOf(broker)}, ${bridge}` : `none, bridge ${bridge}` },
    nodesFact,
  ]
}
