import { formatBytes, formatCount } from '../../base/format.js'
import type { Plan } from '../../plan/plan.js'
import { bytesPerConnection } from '../estimate.js'
import type { Machine } from '../machine.js'
import type { Limit } from './limit.js'

const USABLE_MEMORY = 0.9
/** What the kernel takes for the smallest message that waits in a socket (skb and its data). */
const BYTES_PER_WAITING_MESSAGE = 1_280
/** Balancer to client and node to balancer. */
const HOPS = 2

export function memoryLimits(plan: Plan, machine: Machine): Limit[] {
  return [ofMachine(plan, machine), leftNow(plan, machine), ofSockets(plan, machine)]
}

function ofMachine(plan: Plan, { memoryBytes }: Machine): Limit {
  const { estimate } = plan
  const usable = memoryBytes * USABLE_MEMORY
  return {
    name: 'memory, a tenth left to others',
    needed: estimate.memoryBytes,
    available: usable,
    unit: 'bytes',
    kind: 'hard',
    refusal: `${formatCount(estimate.connections)} connections need about ${formatBytes(estimate.memoryBytes)} of memory, and this machine has ${formatBytes(memoryBytes)}`,
    fix: fitInto(usable, plan),
  }
}

/** As many clients as there is memory for, in round numbers; rooms of more members than that have to shrink with them. */
function fitInto(usable: number, { clients, channels, cluster, estimate }: Plan): string {
  const tooMany = Math.ceil((estimate.memoryBytes - usable) / bytesPerConnection(cluster))
  if (tooMany <= 0) return 'fewer clients (clients.count)'
  const fitting = roundDown(clients.count - tooMany)
  const largestRoom = Math.max(...channels.map(({ members }) => (members === clients.count ? 1 : members)))
  return fitting < largestRoom
    ? 'fewer clients, and fewer or smaller rooms'
    : `--set clients.count=${fitting} (${Math.floor((fitting / clients.count) * 100)}% of them would fit)`
}

/** To two digits. */
function roundDown(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return Math.floor(count / step) * step
}

function leftNow({ estimate }: Plan, { kernel: { availableBytes } }: Machine): Limit {
  return {
    name: 'memory that is free now',
    needed: estimate.memoryBytes,
    available: availableBytes,
    unit: 'bytes',
    kind: 'soft',
    refusal: '',
    fix: 'end other programs (free -m; ps --sort=-rss -e -o rss,args | head)',
  }
}

/** All members of the largest channel hear a message at the same moment. */
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
    refusal: '',
    fix: `sysctl -w net.ipv4.tcp_mem="${Math.floor(pages / 2)} ${Math.floor((pages * 3) / 4)} ${pages}"`,
  }
}
