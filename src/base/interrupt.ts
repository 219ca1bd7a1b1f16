import { exitCodes } from './exit-codes.js'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Fires at the first Ctrl-C (SIGTERM, SIGHUP): stop gracefully and report what there is. At the second the process
 * exits at once; the warden and the workers' broken channels clean up behind it.
 */
export function onInterrupt(say: (text: string) => void): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    say('stopping: reporting what there is; once more to quit at once')
    controller.abort()
  }
  for (const signal of signals) process.on(signal, interrupt)
  return {
    signal: controller.signal,
    dispose() {
      for (const signal of signals) process.off(signal, interrupt)
    },
  }
}
