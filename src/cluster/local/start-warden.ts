import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { entryPoint } from '../../base/entry-point.js'
import { setupError } from '../../base/errors.js'
import { describeEnd } from '../readiness.js'
import { startTimeOf } from './process-stat.js'
import type { ToWarden } from './warden.js'

/** The handle of a run's warden. */
export interface WardenHandle {
  /** The leader of a process group to end if this process dies. */
  watch(pid: number): void
  forget(pid: number): void
  /** A directory that the warden removes if this process dies. */
  guard(directory: string): void
  /** A command that the warden runs after it has ended all processes, if this process dies. */
  runLast(command: string, args: readonly string[]): void
  /** Why nothing would have cleaned up if this process had died: `ended by SIGKILL`; null as long as the warden is there. */
  readonly fault: string | null
  /** Call when everything is cleaned up: the warden exits, and is killed if it does not. Resolves when it has. */
  leave(): Promise<void>
}

const READY_WITHIN_MS = 15_000
const LEAVE_WITHIN_MS = 2_000

/** Starts a warden; resolves once it would notice the end of this process. */
export async function startWarden(): Promise<WardenHandle> {
  const warden = fork(entryPoint('warden'), [], {
    cwd: '/',
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let isLeaving = false
  let fault: string | null = null
  // Its end is what counts, not a message that it no longer gets.
  warden.on('error', () => undefined)
  const gone = new Promise<void>((resolve) => {
    warden.once('exit', (code, signal) => {
      if (!isLeaving) fault = `ended by ${describeEnd({ code, signal })}`
      resolve()
    })
  })
  await untilReady(warden, gone)
  // It must not keep this process running.
  warden.unref()
  warden.channel?.unref()
  return {
    watch: (pid) => send(warden, { type: 'watch', pid, startTime: startTimeOf(pid) }),
    forget: (pid) => send(warden, { type: 'forget', pid }),
    guard: (directory) => send(warden, { type: 'guard', directory }),
    runLast: (command, args) => send(warden, { type: 'last', command, args }),
    get fault() {
      return fault
    },
    async leave() {
      isLeaving = true
      warden.ref()
      send(warden, { type: 'leave' })
      // One that is stopped does not hear it.
      const killer = setTimeout(() => {
        fault = 'did not answer'
        warden.kill('SIGKILL')
      }, LEAVE_WITHIN_MS)
      await gone
      clearTimeout(killer)
    },
  }
}

async function untilReady(warden: ChildProcess, gone: Promise<void>): Promise<void> {
  const hint = 'is a limit of processes (ulimit -u) or open files (ulimit -n) reached?'
  if (warden.pid === undefined)
    throw setupError('the process that cleans up (warden) could not be started', hint)
  const patience = new AbortController()
  try {
    await Promise.race([
      once(warden, 'message', { signal: patience.signal }),
      gone.then(() =>
        Promise.reject(
          setupError('the process that cleans up (warden) ended as soon as it was started', hint),
        ),
      ),
      delay(READY_WITHIN_MS, undefined, { signal: patience.signal }).then(() => {
        warden.kill('SIGKILL')
        throw setupError(
          `the process that cleans up (warden) was not ready within ${READY_WITHIN_MS / 1000} s`,
          hint,
        )
      }),
    ])
  } finally {
    patience.abort()
  }
}

function send(warden: ChildProcess, message: ToWarden): void {
  if (warden.connected) warden.send(message, () => undefined)
}
