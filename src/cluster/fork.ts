import type { ForkOptions, LaunchedProcess, Launcher } from './local/launcher.js'
import { untilReady } from './readiness.js'

/** A forked part that has sent `ready` on its IPC channel, and the port it listens on. */
export interface ReadyFork {
  readonly launched: LaunchedProcess
  readonly port: number
}

/** Forks a part that listens on a port of `host`, and waits for its `ready`. */
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

export interface ForkRequest {
  readonly launched: LaunchedProcess
  /** Where the part is, for error messages. */
  readonly at: string
  readonly message: object
  /** Type of the answer. */
  readonly answer: string
}

/** Sends a message to a forked part; resolves with its answer. */
export async function requestFork<Answer extends { readonly type: string }>(
  launcher: Launcher,
  { launched, at, message, answer }: ForkRequest,
): Promise<Answer> {
  let answered: Answer | null = null
  const listen = (received: Answer): void => {
    if (received.type === answer) answered ??= received
  }
  launched.child.on('message', listen)
  try {
    launched.child.send(message)
    await untilReady(launcher, launched, { at, isReady: () => answered !== null })
    return answered!
  } finally {
    launched.child.off('message', listen)
  }
}
