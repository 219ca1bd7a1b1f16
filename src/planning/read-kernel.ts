import { readFileSync } from 'node:fs'
import type { Allowance, KernelLimits, TaskLimit } from './machine.js'

const PAGE_BYTES = 4096

/** Linux's limits from /proc and the cgroup; all null on other systems. */
export function readKernelLimits(): KernelLimits {
  const [used, , most] = numbers('/proc/sys/fs/file-nr')
  return {
    openFiles: allowance(most, used),
    descriptorCeiling: numbers('/proc/sys/fs/nr_open')[0] ?? null,
    listenQueue: numbers('/proc/sys/net/core/somaxconn')[0] ?? null,
    conntrack: allowance(
      numbers('/proc/sys/net/netfilter/nf_conntrack_max')[0],
      numbers('/proc/sys/net/netfilter/nf_conntrack_count')[0],
    ),
    tasks: readTasks(),
    tcpMemoryBytes: pagesToBytes(numbers('/proc/sys/net/ipv4/tcp_mem')[2]),
    availableBytes: readAvailable(),
  }
}

export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** The limit on processes and threads that leaves the fewest free. */
function readTasks(): KernelLimits['tasks'] {
  const running = Number(/\/(\d+)/.exec(readIfThere('/proc/loadavg'))?.[1] ?? 0)
  const perUser = Number(/^Max processes\s+(\d+)/m.exec(readIfThere('/proc/self/limits'))?.[1] ?? Number.NaN)
  const candidates: readonly [TaskLimit, Allowance | null][] = [
    ['kernel.pid_max', allowance(numbers('/proc/sys/kernel/pid_max')[0], running)],
    ['kernel.threads-max', allowance(numbers('/proc/sys/kernel/threads-max')[0], running)],
    // The limit per user does not apply to root.
    ['ulimit -u', process.getuid?.() === 0 ? null : allowance(perUser, running)],
    ['pids.max', cgroupAllowance('pids', 'pids.max', 'pids.current')],
  ]
  const known = candidates.flatMap(([limitedBy, found]) => (found ? [{ ...found, limitedBy }] : []))
  return known.toSorted((one, other) => one.most - one.used - (other.most - other.used))[0] ?? null
}

function readAvailable(): number | null {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readIfThere('/proc/meminfo'))?.[1]
  if (kilobytes === undefined) return null
  const cgroup =
    cgroupAllowance('memory', 'memory.max', 'memory.current') ??
    cgroupAllowance('memory', 'memory.limit_in_bytes', 'memory.usage_in_bytes')
  return Math.min(Number(kilobytes) * 1024, cgroup ? cgroup.most - cgroup.used : Number.POSITIVE_INFINITY)
}

/** A limit of this process's cgroup (version 2 or 1), also inside a container; null if there is none. */
function cgroupAllowance(controller: string, mostFile: string, usedFile: string): Allowance | null {
  const own = readIfThere('/proc/self/cgroup')
  const paths = own.split('\n').flatMap((line) => {
    const [, controllers = '', path = ''] = line.split(':')
    if (controllers === '') return [`/sys/fs/cgroup${path}`, '/sys/fs/cgroup']
    if (!controllers.split(',').includes(controller)) return []
    return [`/sys/fs/cgroup/${controllers}${path}`, `/sys/fs/cgroup/${controller}`]
  })
  const found = paths.map((path) =>
    allowance(numbers(`${path}/${mostFile}`)[0], numbers(`${path}/${usedFile}`)[0]),
  )
  return found.find((candidate) => candidate !== null) ?? null
}

/** Null if a value is not a number: `max` means that there is no limit. */
function allowance(most: number | undefined, used: number | undefined): Allowance | null {
  return Number.isFinite(most) && Number.isFinite(used) ? { most: most!, used: used! } : null
}

function pagesToBytes(pages: number | undefined): number | null {
  return pages === undefined ? null : pages * PAGE_BYTES
}

function numbers(file: string): number[] {
  return readIfThere(file).trim().split(/\s+/).filter(Boolean).map(Number)
}
