import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { entryPoint } from '../../base/entry-point.js'
import { setupError } from '../../base/errors.js'
import { startTimeOf } from './process-stat.js'
import type { ToWarden } from './warden.js'

/** This end of the warden: what the launcher tells it. */
export interface WardenHandle {
  watch(pid: number): void
  forget(pid: number): void
  /** What is to be run when all it watches has been ended, should it come to that. */
  runLast(command: string, args: readonly string[]): void
  /** All is cleaned up: the warden may go. Resolves when it has. */
  leave(): Promise<void>
}

/** Starts the warden of a run directory; resolves once it would notice this process's death. */
export async function startWarden(directory: string): Promise<WardenHandle> {
  const warden = fork(entryPoint('warden'), [directory], {
    cwd: '/',
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => warden.once('exit', () => resolve()))
  await Promise.race([
    once(warden, 'message'),
    gone.then(() => Promise.reject(setupError('the warden ended as it began'))),
  ])
  // It must not keep a run alive that is over.
  warden.unref()
  warden.channel?.unref()
  return {
    watch: (pid) => tell(warden, { type: 'watch', pid, startTime: startTimeOf(pid) }),
    forget: (pid) => tell(warden, { type: 'forget', pid }),
    runLast: (command, args) => tell(warden, { type: 'last', command, args }),
    async leave() {
      warden.ref()
      tell(warden, { type: 'leave' })
      await gone
    },
  }
}

function tell(warden: ChildProcess, message: ToWarden): void {
  if (warden.connected) warden.send(message)
}
