import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { sumOf } from '../../base/sum.js'

/** USER_HZ, the unit of CPU time in /proc: 100 per second on every Linux. */
const TICK_MICROS = 10_000

/** Start time of a process, in ticks since boot, which tells it from a later process with the same pid. null when unreadable. */
export function startTimeOf(pid: number): string | null {
  try {
    return fieldsOf(readFileSync(`/proc/${pid}/stat`, 'latin1'))[19] ?? null
  } catch {
    return null
  }
}

export interface Usage {
  readonly rssBytes: number
  /** User and system time since start, including children that have ended. */
  readonly cpuMicros: number
}

/** The usage of the processes and their children; null when none can be read. */
export async function usageOf(pids: readonly number[]): Promise<Usage | null> {
  const families = await Promise.all(pids.map(async (pid) => [pid, ...(await childrenOf(pid))]))
  return totalUsage(await Promise.all(families.flat().map(usageOfOne)))
}

/** The sum of the usages that are not null; null when all are. */
export function totalUsage(usages: readonly (Usage | null)[]): Usage | null {
  const known = usages.filter((usage) => usage !== null)
  if (known.length === 0) return null
  return {
    rssBytes: sumOf(known, ({ rssBytes }) => rssBytes),
    cpuMicros: sumOf(known, ({ cpuMicros }) => cpuMicros),
  }
}

async function usageOfOne(pid: number): Promise<Usage | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null)
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => null)
  if (stat === null || status === null) return null
  const ticks = fieldsOf(stat).slice(11, 15)
  const rssKilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? '0'
  return {
    rssBytes: Number(rssKilobytes) * 1024,
    cpuMicros: sumOf(ticks, Number) * TICK_MICROS,
  }
}

/** The command line of a process, which it may have changed; empty when it can't be read. */
export function titleOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')
}

/** Its running children; none when they can't be read. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '')
  return children.split(' ').filter(Boolean).map(Number)
}

/** The fields of /proc/<pid>/stat from the third (state) on; the second, the name, may hold spaces and brackets. */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
