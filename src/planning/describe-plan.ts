import { formatBytes, formatCount, formatDuration, formatRate, formatShare, plural } from '../base/format.js'
import type { TargetPlan } from '../cluster/external/target-plan.js'
import type { AddressPlan, ChannelGroupPlan, Plan } from '../plan/plan.js'
import { describeTimeline } from './describe-timeline.js'
import { columns, section, wrap } from './text-layout.js'

/** A row whose text is null is left out. */
type Row = readonly [label: string, text: string | null]

/** A plan as `--dry-run` prints it: plain text, at most 80 columns (except for longer names and paths). */
export function describePlan(plan: Plan): string {
  const parts = [
    describeHead(plan),
    plan.target === null
      ? section('Cluster', table(describeCluster(plan)))
      : section('Target', table(describeTarget(plan.target))),
    section('Clients', table(describeClients(plan))),
    section('Traffic', columns(describeTraffic(plan.channels))),
    section('Timeline', columns(describeTimeline(plan))),
    section('Gates', plan.gates),
    section('Safety', table(describeSafety(plan.safety))),
    section('Estimate', table(describeEstimate(plan))),
    section(
      'Notes',
      plan.notes.flatMap((note) => wrap(note, { bullet: '- ' })),
    ),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function table(rows: readonly Row[]): string[] {
  return columns(rows.flatMap(([label, text]) => (text === null ? [] : [[label, text]])))
}

function describeHead({ name, description, seed }: Plan): string {
  return [`${name} (seed ${seed})`, ...wrap(description.trim(), {})].join('\n')
}

function describeCluster({ cluster }: Plan): Row[] {
  const { driver, balancer, broker, nodes, maxNodes, bridge, drain } = cluster
  const kind = balancer.isEmbedded ? 'embedded' : balancer.kind
  const processes = plural(balancer.processes, 'process', 'processes')
  const brokerKind = broker?.isEmbedded ? `embedded (${broker.kind} protocol)` : broker?.kind
  return [
    ['driver', driver === 'compose' ? driver : null],
    ['balancer', `${kind}, ${balancer.strategy}${balancer.tls ? ', TLS' : ''}, ${processes}`],
    ['', balancer.binary],
    ['nodes', `${nodes}${maxNodes > nodes ? `, up to ${maxNodes}` : ''}, bridge ${bridge}`],
    ['broker', brokerKind ?? 'none'],
    ['', broker?.binary ?? null],
    ['drain', `${drain.mode}, window ${formatDuration(drain.windowMs)}`],
  ]
}

/** Conditions that stop the run early. */
function describeSafety({ maxDurationMs, abortBelowShare }: Plan['safety']): Row[] {
  return [
    ['maxDuration', maxDurationMs === null ? null : `stops after ${formatDuration(maxDurationMs)}`],
    [
      'abortIfConnectedBelow',
      abortBelowShare === null
        ? null
        : `stops with fewer than ${formatShare(abortBelowShare)} of the clients connected`,
    ],
  ]
}

function describeTarget(target: TargetPlan): Row[] {
  const { urls, protocol, headers, cookies, query, compression, tls, feed, node, stats } = target
  const names = (templates: Readonly<Record<string, string>>) => Object.keys(templates).join(', ') || null
  return [
    ...urls.map(({ url, weight }): Row => ['url', urls.length === 1 ? url : `${url}, weight ${weight}`]),
    ['protocol', protocol.kind === 'module' ? `module ${String(protocol.options.module)}` : protocol.kind],
    ['headers', names(headers)],
    ['cookies', names(cookies)],
    ['query', names(query)],
    ...describeTls(tls).map((row): Row => ['tls', row]),
    ['compression', compression ? 'offers permessage-deflate' : null],
    ['feed', feed && (feed.encoding === null ? feed.file : `${feed.file}, ${feed.encoding}`)],
    ['node', node && `by ${node.from} ${node.name}`],
    ...Object.entries(stats).map(([part, url]): Row => ['stats', `${part}: ${url}`]),
  ]
}

function describeTls({ isInsecure, ...given }: TargetPlan['tls']): string[] {
  const set = Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]))
  return [...set, ...(isInsecure ? ['insecure: the server certificate is not checked'] : [])]
}

function describeClients({ clients, workers }: Plan): Row[] {
  const { count, connectRateHz, connectTimeoutMs, addresses, reconnect, heartbeat } = clients
  const backoff = `${formatDuration(reconnect.baseMs)} up to ${formatDuration(reconnect.capMs)}`
  return [
    ['count', `${formatCount(count)}, in ${plural(workers, 'worker')}`],
    ['connect', `${formatRate(connectRateHz)}, timeout ${formatDuration(connectTimeoutMs)}`],
    ['addresses', describeAddresses(addresses)],
    ['reconnect', `full jitter, ${backoff}${reconnect.resume ? ', resume' : ''}`],
    [
      'heartbeat',
      heartbeat &&
        `every ${formatDuration(heartbeat.everyMs)}, answered within ${formatDuration(heartbeat.timeoutMs)}`,
    ],
  ]
}

function describeAddresses(plan: AddressPlan): string {
  switch (plan.kind) {
    case 'spread':
      return 'one source address each, spread over as many /24s as possible'
    case 'gateways':
      return `${formatCount(plan.gateways)} gateways, Zipf ${plan.skew}`
    case 'list':
      return `${plan.list.join(', ')}, round-robin`
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

function describeEstimate({ estimate }: Plan): Row[] {
  const { connections, descriptorsPerWorker, deliveriesPerSecond, memoryBytes, durationMs } = estimate
  return [
    ['connections', `${formatCount(connections)}, ${formatCount(descriptorsPerWorker)} per worker`],
    ['deliveries', formatRate(deliveriesPerSecond)],
    ['memory', `about ${formatBytes(memoryBytes)}`],
    ['duration', `about ${formatDuration(durationMs)}, plus the start of the cluster`],
  ]
}
