import { sumOf } from '../base/sum.js'
import type { Plan, ResourceEstimate } from '../plan/plan.js'
import { MOST_GAP_BYTES } from '../results/delivery/gap-lists.js'
import { BYTES_PER_COUNTS } from '../results/latency/micros-counts.js'
import type { Machine } from './machine.js'

/**
 * Memory of a connection by balancer, and what TLS adds. With a target (none): the generator's end only, the highest value
 * measured (decision 20). Else client, balancer, node and kernel together, above the measured values of nginx (36.2 KB) and
 * HAProxy (26.4 KB) in docs/scale.md; the embedded balancer was not measured.
 */
const BYTES_PER_CONNECTION: Readonly<Record<Plan['cluster']['balancer']['kind'], ConnectionBytes>> = {
  none: { plain: 14_000, tls: 41_000 },
  nginx: { plain: 37_000, tls: 71_000 },
  haproxy: { plain: 31_000, tls: 56_000 },
  caddy: { plain: 100_000, tls: 71_000 },
  apache: { plain: 100_000, tls: 71_000 },
  embedded: { plain: 42_000, tls: 71_000 },
}
/** An empty Node 20 process takes 41 MB (measured on Linux x64); modules, histograms and heap slack come on top. */
const BYTES_PER_NODE_PROCESS = 70e6
/** At most this before the first client: an nginx worker with 19,000 connection slots, HAProxy, or Redis. */
const BYTES_PER_PROGRAM = 15e6
/** For each subscriber and stream, and where every other message is missing (docs/delivery.md, "How it is stored"). */
const BYTES_PER_SUBSCRIPTION = 18
const GAP_BYTES_PER_DELIVERY = 11
const CONNECTIONS_PER_WORKER = 2500
const WORKER_OWN_DESCRIPTORS = 1000

interface ConnectionBytes {
  readonly plain: number
  /** In addition (scripts/measure-tls.mjs). */
  readonly tls: number
}

/** Number of generator processes: as many as file descriptors require, else one per 2,500 connections up to the cores. */
export function planWorkers(connections: number, machine: Machine): number {
  const { cores } = machine
  const forDescriptors = Math.ceil(connections / connectionsPerWorker(machine))
  const forLoad = Math.min(cores, Math.round(connections / CONNECTIONS_PER_WORKER))
  return Math.max(forDescriptors, forLoad, cores >= 2 && connections >= 200 ? 2 : 1)
}

/** How many connections one worker can have. */
export function connectionsPerWorker({ descriptors }: Machine): number {
  return Math.max(1, descriptors - Math.min(WORKER_OWN_DESCRIPTORS, Math.floor(descriptors / 2)))
}

/** Number of processes in a run: of Node.js, including wsbench itself, and of other programs. */
export function processesOf({ cluster, workers }: Pick<Plan, 'cluster' | 'workers'>): {
  readonly ofNode: number
  readonly programs: number
} {
  const { balancer, broker, maxNodes } = cluster
  const isBrokerOfNode = broker?.isEmbedded === true
  // The first two are wsbench and its warden.
  const ofNode =
    2 +
    workers +
    maxNodes +
    (balancer.isEmbedded ? balancer.processes : 0) +
    (isBrokerOfNode ? 1 : 0) +
    (broker?.isProxied ? 1 : 0)
  const programs = (balancer.isEmbedded ? 0 : balancer.processes + 1) + (broker && !isBrokerOfNode ? 1 : 0)
  return { ofNode, programs }
}

/** Memory for one more connection. */
export function bytesPerConnection({ driver, balancer }: Plan['cluster']): number {
  // With compose, connections also pass docker-proxy, whose share was not measured.
  const { plain, tls } = BYTES_PER_CONNECTION[driver === 'compose' ? 'embedded' : balancer.kind]
  return plain + (balancer.tls ? tls : 0)
}

export function estimateResources({
  cluster,
  clients,
  channels,
  phases,
  workers,
  connections,
}: Pick<Plan, 'cluster' | 'clients' | 'channels' | 'phases' | 'workers'> & {
  readonly connections: number
}): ResourceEstimate {
  const subscriptions = sumOf(channels, ({ count, members, publishers }) => count * members * publishers)
  const { ofNode, programs } = processesOf({ cluster, workers })
  // Each worker has a histogram for every phase and traffic entry.
  const histograms = workers * new Set(phases.spans.map(({ name }) => name)).size * channels.length
  const deliveriesPerSecond = sumOf(
    channels,
    ({ rateHz, publishers, count, members }) => rateHz * publishers * count * members,
  )
  const deliveries = (deliveriesPerSecond * (phases.warmupMs + phases.measureMs)) / 1000
  return {
    connections,
    deliveriesPerSecond,
    memoryBytes:
      connections * bytesPerConnection(cluster) +
      subscriptions * BYTES_PER_SUBSCRIPTION +
      histograms * BYTES_PER_COUNTS +
      Math.min(workers * MOST_GAP_BYTES, deliveries * GAP_BYTES_PER_DELIVERY) +
      ofNode * BYTES_PER_NODE_PROCESS +
      programs * BYTES_PER_PROGRAM,
    descriptorsPerWorker: Math.ceil(connections / workers),
    durationMs:
      (connections / clients.connectRateHz) * 1000 + phases.warmupMs + phases.measureMs + phases.graceMs,
  }
}
