import { summarizeEncoded } from '../latency/summary.js'
import type { Result } from '../result.js'

/** Test support: the same, measured by a generator that is never late. Its gates are all decided. */
export function withoutOverhead(result: Result): Result {
  const none = summarizeEncoded([])
  return {
    ...result,
    latency: { ...result.latency, sendDelay: none },
    generator: { ...result.generator, eventLoopLag: none },
  }
}
