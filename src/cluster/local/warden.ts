import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { groupsGone, killGroup } from './process-group.js'
import { startTimeOf } from './process-stat.js'

/**
 * The warden: a process that cleans up if the process that started it dies, even by SIGKILL. When their IPC channel closes
 * without a `leave`, it ends all watched process groups, runs the `last` command, if any, and removes the guarded directories.
 * It ignores Ctrl-C and a closing terminal.
 */
export type ToWarden =
  | { readonly type: 'watch'; readonly pid: number; readonly startTime: string | null }
  | { readonly type: 'forget'; readonly pid: number }
  | { readonly type: 'guard'; readonly directory: string }
  | { readonly type: 'last'; readonly command: string; readonly args: readonly string[] }
  | { readonly type: 'leave' }

export type FromWarden = { readonly type: 'ready' }

/** Deadline of the `last` command. */
const LAST_WITHIN_MS = 60_000

if (process.send === undefined) throw new Error('warden: only wsbench may start it')

const directories: string[] = []
const watched = new Map<number, string | null>()
let last: { readonly command: string; readonly args: readonly string[] } | null = null

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('message', (message: ToWarden) => {
  if (message.type === 'watch') watched.set(message.pid, message.startTime)
  else if (message.type === 'forget') watched.delete(message.pid)
  else if (message.type === 'guard') directories.push(message.directory)
  else if (message.type === 'last') last = message
  else process.exit(0)
})
process.on('disconnect', () => void endRun())
process.send({ type: 'ready' } satisfies FromWarden)

async function endRun(): Promise<void> {
  const ours = [...watched].filter(([pid, startTime]) => isOurs(pid, startTime)).map(([pid]) => pid)
  for (const pid of ours) killGroup(pid)
  await groupsGone(ours, 2_000)
  if (last !== null) spawnSync(last.command, last.args, { stdio: 'ignore', timeout: LAST_WITHIN_MS })
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  process.exit(0)
}

/** A process group may still exist after its leader is gone. A pid with another start time is another process. */
function isOurs(pid: number, startTime: string | null): boolean {
  const now = startTimeOf(pid)
  return now === null || startTime === null || now === startTime
}
