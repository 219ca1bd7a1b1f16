import { formatBytes, formatCount } from '../../units.js'
import type { Machine } from '../machine.js'
import type { Plan } from '../plan.js'
import type { Limit } from './limit.js'

const USABLE_MEMORY = 0.9
/** What the kernel takes for the smallest message that waits in a socket (skb and its data). */
const BYTES_PER_WAITING_MESSAGE = 1_280
/** Balancer to client and node to balancer. */
const HOPS = 2

export function memoryLimits(plan: Plan, machine: Machine): Limit[] {
  return [ofMachine(plan, machine), leftNow(plan, machine), ofSockets(plan, machine)]
}

function ofMachine({ estimate }: Plan, { memoryBytes }: Machine): Limit {
  const usable = memoryBytes * USABLE_MEMORY
  const share = usable / estimate.memoryBytes
  return {
    name: 'memory, a tenth left to others',
    needed: estimate.memoryBytes,
    available: usable,
    unit: 'bytes',
    kind: 'hard',
    refusal: `${formatCount(estimate.connections)} connections need about ${formatBytes(estimate.memoryBytes)} of memory, and this machine has ${formatBytes(memoryBytes)}`,
    fix:
      share > 0.05
        ? `fewer clients: ${Math.round(share * 100)}% of them would fit`
        : 'fewer clients or fewer rooms',
  }
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
