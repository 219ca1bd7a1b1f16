import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { sumOf } from '../../base/sum.js'

/** USER_HZ: what /proc counts CPU time in, 100 a second on every Linux. */
const TICK_MICROS = 10_000

/** When `pid` started, in ticks since boot: tells it from a later process of that number. Null where it can't be read. */
export function startTimeOf(pid: number): string | null {
  try {
    return fieldsOf(readFileSync(`/proc/${pid}/stat`, 'latin1'))[19] ?? null
  } catch {
    return null
  }
}

export interface Usage {
  readonly rssBytes: number
  /** User + system since start, ended children included. */
  readonly cpuMicros: number
}

/** What the processes and their children use now; null when none of them can be read. */
export async function usageOf(pids: readonly number[]): Promise<Usage | null> {
  const families = await Promise.all(pids.map(async (pid) => [pid, ...(await childrenOf(pid))]))
  return usagesTogether(await Promise.all(families.flat().map(usageOfOne)))
}

/** The sum of those that could be read; null when none could. */
export function usagesTogether(usages: readonly (Usage | null)[]): Usage | null {
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

/** The command line of a process, which it may have rewritten; empty where it can't be read. */
export function titleOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')
}

/** Living children; none where they can't be read. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '')
  return children.split(' ').filter(Boolean).map(Number)
}

/** The fields of /proc/<pid>/stat from the third (state) on; the second, the name, may hold spaces and brackets. */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
