import { setupError } from '../errors.js'
import { formatBytes, formatCount } from '../units.js'
import type { Machine } from './machine.js'
import type { Plan, ResourceEstimate } from './plan.js'

/** Client, balancer, node and kernel together: FIELD-NOTES, 204k clients through nginx 1.22, about 42 KB each. */
const BYTES_PER_CONNECTION = 42_000
/** What TLS adds: 41 KB in the generator and 30 KB in nginx, 15 KB in HAProxy (scripts/measure-tls.mjs). */
const BYTES_PER_TLS_CONNECTION = 71_000
/** A Node 20 process with nothing in it is 41 MB (measured on Linux x64); modules, histograms and heap slack on top. */
const BYTES_PER_PROCESS = 70e6
/** Four 32-bit counters for each subscriber and stream (DELIVERY.md). */
const BYTES_PER_SUBSCRIPTION = 16
const CONNECTIONS_PER_WORKER = 2500
const WORKER_OWN_DESCRIPTORS = 1000
const USABLE_MEMORY = 0.9

/** Generator processes: as many as descriptors need, else one for each few thousand connections up to the cores. */
export function planWorkers(connections: number, { cores, descriptors }: Machine): number {
  const perWorker = descriptors - Math.min(WORKER_OWN_DESCRIPTORS, Math.floor(descriptors / 2))
  const forDescriptors = Math.ceil(connections / Math.max(1, perWorker))
  const forLoad = Math.min(cores, Math.round(connections / CONNECTIONS_PER_WORKER))
  return Math.max(forDescriptors, forLoad, cores >= 2 && connections >= 200 ? 2 : 1)
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
  const processes = 1 + workers + cluster.maxNodes + cluster.balancer.processes + (cluster.broker ? 1 : 0)
  const bytesPerConnection = BYTES_PER_CONNECTION + (cluster.balancer.tls ? BYTES_PER_TLS_CONNECTION : 0)
  return {
    connections,
    deliveriesPerSecond: sum(
      ({ rateHz, publishers, count, members }) => rateHz * publishers * count * members,
    ),
    memoryBytes:
      connections * bytesPerConnection +
      subscriptions * BYTES_PER_SUBSCRIPTION +
      processes * BYTES_PER_PROCESS,
    descriptorsPerWorker: Math.ceil(connections / workers),
    durationMs:
      (connections / clients.connectRateHz) * 1000 + phases.warmupMs + phases.measureMs + phases.graceMs,
  }
}

export function refuseTooMuchMemory(estimate: ResourceEstimate, { memoryBytes }: Machine): void {
  if (estimate.memoryBytes <= memoryBytes * USABLE_MEMORY) return
  const share = (memoryBytes * USABLE_MEMORY) / estimate.memoryBytes
  throw setupError(
    `${formatCount(estimate.connections)} connections need about ${formatBytes(estimate.memoryBytes)} of memory, and this machine has ${formatBytes(memoryBytes)}`,
    share > 0.05
      ? `fewer clients: ${Math.round(share * 100)}% of them would fit`
      : 'fewer clients or fewer rooms',
  )
}
