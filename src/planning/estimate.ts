import type { Plan, ResourceEstimate } from '../plan/plan.js'
import type { Machine } from './machine.js'

/**
 * What a connection takes of this machine, and what TLS adds to it, by the balancer it goes through. Of a target's it is the
 * generator's end, the worst of what was seen (decision 20). Else client, balancer, node and kernel together, above what
 * docs/scale.md measured of nginx (36.2 KB) and HAProxy (26.4 KB); of the embedded one nothing was.
 */
const BYTES_PER_CONNECTION: Readonly<Record<Plan['cluster']['balancer']['kind'], ConnectionBytes>> = {
  none: { plain: 14_000, tls: 41_000 },
  nginx: { plain: 37_000, tls: 71_000 },
  haproxy: { plain: 31_000, tls: 56_000 },
  embedded: { plain: 42_000, tls: 71_000 },
}
/** A Node 20 process with nothing in it is 41 MB (measured on Linux x64); modules, histograms and heap slack on top. */
const BYTES_PER_NODE_PROCESS = 70e6
/** A worker of nginx with 19,000 connection slots, a HAProxy, a Redis: none of them holds more before the first client. */
const BYTES_PER_PROGRAM = 15e6
/** Four 32-bit counters for each subscriber and stream (DELIVERY.md). */
const BYTES_PER_SUBSCRIPTION = 16
const CONNECTIONS_PER_WORKER = 2500
const WORKER_OWN_DESCRIPTORS = 1000

interface ConnectionBytes {
  readonly plain: number
  /** In addition (scripts/measure-tls.mjs). */
  readonly tls: number
}

/** Generator processes: as many as descriptors need, else one for each few thousand connections up to the cores. */
export function planWorkers(connections: number, machine: Machine): number {
  const { cores } = machine
  const forDescriptors = Math.ceil(connections / connectionsPerWorker(machine))
  const forLoad = Math.min(cores, Math.round(connections / CONNECTIONS_PER_WORKER))
  return Math.max(forDescriptors, forLoad, cores >= 2 && connections >= 200 ? 2 : 1)
}

/** Clients that one worker can hold. */
export function connectionsPerWorker({ descriptors }: Machine): number {
  return Math.max(1, descriptors - Math.min(WORKER_OWN_DESCRIPTORS, Math.floor(descriptors / 2)))
}

/** Processes of a run: Node's, wsbench itself among them, and other programs'. */
export function processesOf({ cluster, workers }: Pick<Plan, 'cluster' | 'workers'>): {
  readonly ofNode: number
  readonly programs: number
} {
  const { balancer, broker, maxNodes } = cluster
  const isBrokerOfNode = broker?.isEmbedded === true
  // wsbench and its warden.
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

/** Memory that one connection more takes of this machine. */
export function bytesPerConnection({ driver, balancer }: Plan['cluster']): number {
  // docker-proxy stands between, and its share was never measured.
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
  const sum = (of: (channel: Plan['channels'][number]) => number) =>
    channels.reduce((total, channel) => total + of(channel), 0)
  const subscriptions = sum(({ count, members, publishers }) => count * members * publishers)
  const { ofNode, programs } = processesOf({ cluster, workers })
  return {
    connections,
    deliveriesPerSecond: sum(
      ({ rateHz, publishers, count, members }) => rateHz * publishers * count * members,
    ),
    memoryBytes:
      connections * bytesPerConnection(cluster) +
      subscriptions * BYTES_PER_SUBSCRIPTION +
      ofNode * BYTES_PER_NODE_PROCESS +
      programs * BYTES_PER_PROGRAM,
    descriptorsPerWorker: Math.ceil(connections / workers),
    durationMs:
      (connections / clients.connectRateHz) * 1000 + phases.warmupMs + phases.measureMs + phases.graceMs,
  }
}
