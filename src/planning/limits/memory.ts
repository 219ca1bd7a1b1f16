import { formatBytes, formatCount } from '../../base/format.js'
import type { Plan } from '../../plan/plan.js'
import { bytesPerConnection } from '../estimate.js'
import type { Machine } from '../machine.js'
import type { Limit } from './limit.js'

const USABLE_MEMORY = 0.9
/** Kernel memory for the smallest message in a socket buffer (skb and data). */
const BYTES_PER_WAITING_MESSAGE = 1_280
/** Node to balancer, and balancer to client. */
const HOPS = 2

export function memoryLimits(plan: Plan, machine: Machine): Limit[] {
  return [ofMachine(plan, machine), freeMemory(plan, machine), ofSockets(plan, machine)]
}

function ofMachine(plan: Plan, { memoryBytes }: Machine): Limit {
  const { estimate } = plan
  const usable = memoryBytes * USABLE_MEMORY
  return {
    name: 'memory (90% of the total)',
    needed: estimate.memoryBytes,
    available: usable,
    unit: 'bytes',
    kind: 'hard',
    message: `${formatCount(estimate.connections)} connections need about ${formatBytes(estimate.memoryBytes)} of memory, but this machine has ${formatBytes(memoryBytes)}`,
    fix: fitInto(usable, plan),
  }
}

/** A round number of clients for which the memory suffices, unless a room has more members than that. */
function fitInto(usable: number, { clients, channels, cluster, estimate }: Plan): string {
  const tooMany = Math.ceil((estimate.memoryBytes - usable) / bytesPerConnection(cluster))
  if (tooMany <= 0) return 'fewer clients (clients.count)'
  const fitting = roundDown(clients.count - tooMany)
  const largestRoom = Math.max(...channels.map(({ members }) => (members === clients.count ? 1 : members)))
  return fitting < largestRoom
    ? 'fewer clients, and fewer or smaller rooms'
    : `--set clients.count=${fitting} (${Math.floor((fitting / clients.count) * 100)}% of them would fit)`
}

/** Rounds down to two significant digits. */
function roundDown(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return Math.floor(count / step) * step
}

function freeMemory({ estimate }: Plan, { kernel: { availableBytes } }: Machine): Limit {
  return {
    name: 'free memory',
    needed: estimate.memoryBytes,
    available: availableBytes,
    unit: 'bytes',
    kind: 'soft',
    message: '',
    fix: 'stop other programs (free -m; ps --sort=-rss -e -o rss,args | head)',
  }
}

/** A message is written to all members of a channel at the same time. */
function ofSockets({ channels }: Plan, { kernel: { tcpMemoryBytes } }: Machine): Limit {
  const needed = Math.max(
    ...channels.map(
      ({ members, sizeBytes }) => HOPS * members * Math.max(BYTES_PER_WAITING_MESSAGE, 2 * sizeBytes),
    ),
  )
  const pages = Math.ceil((needed * 1.25) / 4096)
  return {
    name: 'socket buffers of a broadcast',
    needed,
    available: tcpMemoryBytes,
    unit: 'bytes',
    kind: 'soft',
    message: '',
    fix: `sysctl -w net.ipv4.tcp_mem="${Math.floor(pages / 2)} ${Math.floor((pages * 3) / 4)} ${pages}"`,
  }
}
