import { WsbenchError } from './errors.js'

/** Settles as `work` does, or rejects as soon as `signal` fires. What `work` has begun is for the caller to end. */
export function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void =>
      reject(new WsbenchError('interrupted before the cluster was up', { exit: 'interrupted' }))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
