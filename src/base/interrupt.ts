import { exitCodes } from './exit-codes.js'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A second signal within this time belongs to the first: `timeout`, npm and shells send one signal twice. */
const ECHO_MS = 500

/**
 * Calls `work` with a signal that fires at the first Ctrl-C (SIGTERM, SIGHUP), to stop gracefully. At the second, the process
 * exits at once; the warden and the workers clean up when their channels close. SIGHUP, which a closed terminal sends more
 * than once, only stops gracefully.
 */
export async function interruptible<Outcome>(
  say: (text: string) => void,
  work: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const controller = new AbortController()
  let firstMs = 0
  const interrupt = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      const isEcho = signal === 'SIGHUP' || performance.now() - firstMs < ECHO_MS
      if (!isEcho) process.exit(exitCodes.interrupted)
      return
    }
    firstMs = performance.now()
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
