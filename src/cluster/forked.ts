import type { ForkOptions, LaunchedProcess, Launcher } from './local/launcher.js'
import { untilReady } from './readiness.js'

/** A part of ours that has said `ready` on its IPC channel, and the port it listens on. */
export interface ReadyFork {
  readonly launched: LaunchedProcess
  readonly port: number
}

/** Forks a part that is to listen on a port of `host`, and waits for its `ready`. */
export async function forkUntilReady(
  launcher: Launcher,
  host: string,
  options: ForkOptions,
): Promise<ReadyFork> {
  const launched = launcher.fork(options)
  let port: number | null = null
  launched.child.on('message', (message: { readonly type: string; readonly port?: number }) => {
    if (message.type === 'ready') port = message.port ?? null
  })
  await untilReady(launcher, launched, { at: host, isReady: () => port !== null })
  return { launched, port: port ?? 0 }
}
