import { exitCodes } from './exit-codes.js'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls `work` with a signal that fires at the first Ctrl-C (SIGTERM, SIGHUP), to stop gracefully. At the second, the process exits at once; the warden and the workers clean up when their channels close.
 */
export async function interruptible<Outcome>(
  say: (text: string) => void,
  work: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    say('stopping; press Ctrl-C again to quit at once')
    controller.abort()
  }
  for (const signal of signals) process.on(signal, interrupt)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
  }
}
