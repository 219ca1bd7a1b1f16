import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { entryPoint } from '../../base/entry-point.js'
import { setupError } from '../../base/errors.js'
import { startTimeOf } from './process-stat.js'
import type { ToWarden } from './warden.js'

/** The launcher's handle of the warden. */
export interface WardenHandle {
  watch(pid: number): void
  forget(pid: number): void
  /** A command that the warden runs after it has ended all processes, if this process dies. */
  runLast(command: string, args: readonly string[]): void
  /** Call when everything is cleaned up: the warden exits. Resolves when it has. */
  leave(): Promise<void>
}

/** Starts the warden of a run directory; resolves once it would notice the end of this process. */
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
    gone.then(() => Promise.reject(setupError('the warden ended as soon as it was started'))),
  ])
  // It must not keep this process running.
  warden.unref()
  warden.channel?.unref()
  return {
    watch: (pid) => send(warden, { type: 'watch', pid, startTime: startTimeOf(pid) }),
    forget: (pid) => send(warden, { type: 'forget', pid }),
    runLast: (command, args) => send(warden, { type: 'last', command, args }),
    async leave() {
      warden.ref()
      send(warden, { type: 'leave' })
      await gone
    },
  }
}

function send(warden: ChildProcess, message: ToWarden): void {
  if (warden.connected) warden.send(message)
}
