import { formatBytes, formatCount, formatDuration, formatRate } from '../base/format.js'
import type { TargetPlan } from '../cluster/external/target-plan.js'
import type { AddressPlan, ChannelGroupPlan, Plan } from '../plan/plan.js'
import { describeTimeline } from './describe-timeline.js'
import { columns, section, wrap } from './text-layout.js'

/** A plan as `--dry-run` prints it: plain text, at most 80 columns (but for names and paths longer than that). */
export function describePlan(plan: Plan): string {
  const parts = [
    describeHead(plan),
    plan.target === null
      ? section('Cluster', columns(describeCluster(plan)))
      : section('Target', columns(describeTarget(plan.target))),
    section('Clients', columns(describeClients(plan))),
    section('Traffic', columns(describeTraffic(plan.channels))),
    section('Timeline', columns(describeTimeline(plan))),
    ...(plan.gates.length > 0 ? [section('Gates', plan.gates)] : []),
    ...describeSafety(plan.safety),
    section('Estimate', columns(describeEstimate(plan))),
    ...(plan.notes.length > 0
      ? [
          section(
            'Notes',
            plan.notes.flatMap((note) => wrap(note, { bullet: '- ' })),
          ),
        ]
      : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function describeHead({ name, description, seed }: Plan): string {
  return [`${name} (seed ${seed})`, ...wrap(description.trim(), {})].join('\n')
}

function describeCluster({ cluster }: Plan): string[][] {
  const { balancer, broker, nodes, maxNodes, bridge, drain } = cluster
  const processes = balancer.processes === 1 ? '1 process' : `${balancer.processes} processes`
  const grows = maxNodes > nodes ? `, up to ${maxNodes}` : ''
  return [
    ...(cluster.driver === 'compose' ? [['driver', 'compose']] : []),
    [
      'balancer',
      `${balancer.isEmbedded ? 'embedded' : balancer.kind}, ${balancer.strategy}${balancer.tls ? ', TLS' : ''}, ${processes}`,
    ],
    ...(balancer.binary === null ? [] : [['', balancer.binary]]),
    ['nodes', `${nodes}${grows}, bridge ${bridge}`],
    [
      'broker',
      broker === null ? 'none' : broker.isEmbedded ? `embedded (${broker.kind} protocol)` : broker.kind,
    ],
    ...(broker?.binary ? [['', broker.binary]] : []),
    ['drain', `${drain.mode}, window ${formatDuration(drain.windowMs)}`],
  ]
}

/** What ends the run before its time. */
function describeSafety({ maxDurationMs, abortBelowShare }: Plan['safety']): string[] {
  const rows = [
    ...(maxDurationMs === null ? [] : [['maxDuration', `stops after ${formatDuration(maxDurationMs)}`]]),
    ...(abortBelowShare === null
      ? []
      : [
          [
            'abortIfConnectedBelow',
            `stops with fewer than ${Number((abortBelowShare * 100).toPrecision(3))}% of the clients connected`,
          ],
        ]),
  ]
  return rows.length === 0 ? [] : [section('Safety', columns(rows))]
}

function describeTarget(target: TargetPlan): string[][] {
  const { urls, protocol, headers, cookies, query, compression, tls, feed, node, stats } = target
  const names = (templates: Readonly<Record<string, string>>) => Object.keys(templates).join(', ')
  return [
    ...urls.map(({ url, weight }) => ['url', urls.length === 1 ? url : `${url}, weight ${weight}`]),
    ['protocol', protocol.kind === 'module' ? `module ${String(protocol.options.module)}` : protocol.kind],
    ...Object.entries({ headers, cookies, query }).flatMap(([what, templates]) =>
      Object.keys(templates).length === 0 ? [] : [[what, names(templates)]],
    ),
    ...describeTls(tls).map((row) => ['tls', row]),
    ...(compression ? [['compression', 'permessage-deflate is offered']] : []),
    ...(feed === null ? [] : [['feed', feed]]),
    ...(node === null ? [] : [['node', `by ${node.from} ${node.name}`]]),
    ...Object.entries(stats).map(([part, url]) => ['stats', `${part}: ${url}`]),
  ]
}

function describeTls({ isInsecure, ...given }: TargetPlan['tls']): string[] {
  const set = Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]))
  return [...set, ...(isInsecure ? ['insecure: whoever answers is taken for the target'] : [])]
}

function describeClients({ clients, workers }: Plan): string[][] {
  const { count, connectRateHz, connectTimeoutMs, addresses, reconnect, heartbeat } = clients
  return [
    ['count', `${formatCount(count)}, in ${workers} worker${workers === 1 ? '' : 's'}`],
    ['connect', `${formatRate(connectRateHz)}, timeout ${formatDuration(connectTimeoutMs)}`],
    ['addresses', describeAddresses(addresses)],
    [
      'reconnect',
      `full jitter, ${formatDuration(reconnect.baseMs)} up to ${formatDuration(reconnect.capMs)}${reconnect.resume ? ', resume' : ''}`,
    ],
    ...(heartbeat
      ? [
          [
            'heartbeat',
            `every ${formatDuration(heartbeat.everyMs)}, answered within ${formatDuration(heartbeat.timeoutMs)}`,
          ],
        ]
      : []),
  ]
}

function describeAddresses(plan: AddressPlan): string {
  switch (plan.kind) {
    case 'spread':
      return 'one source address each, in as many /24s as there are'
    case 'gateways':
      return `${formatCount(plan.gateways)} gateways, Zipf ${plan.skew}`
    case 'list':
      return `by turns from ${plan.list.join(', ')}`
    case 'single':
      return 'all from one address'
  }
}

function describeTraffic(channels: readonly ChannelGroupPlan[]): string[][] {
  return [
    ['channel', 'count', 'members', 'publishers', 'rate each', 'size', 'via'],
    ...channels.map(({ name, count, members, publishers, rateHz, arrival, sizeBytes, via }) => [
      name,
      formatCount(count),
      formatCount(members),
      formatCount(publishers),
      `${formatRate(rateHz)}${arrival === 'poisson' ? ' poisson' : ''}`,
      formatBytes(sizeBytes),
      via,
    ]),
  ]
}

function describeEstimate({ estimate }: Plan): string[][] {
  return [
    [
      'connections',
      `${formatCount(estimate.connections)}, ${formatCount(estimate.descriptorsPerWorker)} a worker`,
    ],
    ['deliveries', formatRate(estimate.deliveriesPerSecond)],
    ['memory', `about ${formatBytes(estimate.memoryBytes)}`],
    ['duration', `about ${formatDuration(estimate.durationMs)}, and the cluster's start`],
  ]
}
