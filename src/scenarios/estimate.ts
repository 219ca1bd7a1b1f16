import type { Machine } from './machine.js'
import type { Plan, ResourceEstimate } from './plan.js'

/** Client, balancer, node and kernel together: FIELD-NOTES, 204k clients through nginx 1.22, about 42 KB each. */
const BYTES_PER_CONNECTION = 42_000
/** What TLS adds: 41 KB in the generator and 30 KB in nginx, 15 KB in HAProxy (scripts/measure-tls.mjs). */
const BYTES_PER_TLS_CONNECTION = 71_000
/** A Node 20 process with nothing in it is 41 MB (measured on Linux x64); modules, histograms and heap slack on top. */
const BYTES_PER_NODE_PROCESS = 70e6
/** A worker of nginx with 19,000 connection slots, a HAProxy, a Redis: none of them holds more before the first client. */
const BYTES_PER_PROGRAM = 15e6
/** Four 32-bit counters for each subscriber and stream (DELIVERY.md). */
const BYTES_PER_SUBSCRIPTION = 16
const CONNECTIONS_PER_WORKER = 2500
const WORKER_OWN_DESCRIPTORS = 1000

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
  const bytesPerConnection = BYTES_PER_CONNECTION + (cluster.balancer.tls ? BYTES_PER_TLS_CONNECTION : 0)
  return {
    connections,
    deliveriesPerSecond: sum(
      ({ rateHz, publishers, count, members }) => rateHz * publishers * count * members,
    ),
    memoryBytes:
      connections * bytesPerConnection +
      subscriptions * BYTES_PER_SUBSCRIPTION +
      ofNode * BYTES_PER_NODE_PROCESS +
      programs * BYTES_PER_PROGRAM,
    descriptorsPerWorker: Math.ceil(connections / workers),
    durationMs:
      (connections / clients.connectRateHz) * 1000 + phases.warmupMs + phases.measureMs + phases.graceMs,
  }
}
