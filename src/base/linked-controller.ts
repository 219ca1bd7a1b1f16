/**
 * A controller that also aborts when any of `signals` does. It listens to them until it is aborted: abort it when done.
 * AbortSignal.any won't do: Node 20 may garbage-collect a timeout that it was given.
 */
export function linkedController(...signals: readonly AbortSignal[]): AbortController {
  const controller = new AbortController()
  for (const signal of signals) {
    if (signal.aborted) controller.abort()
    signal.addEventListener('abort', () => controller.abort(), { signal: controller.signal })
  }
  return controller
}
