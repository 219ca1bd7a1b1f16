import type { DeliverySoFar } from '../results/delivery/types.js'
import type { Tick } from '../results/worker-records.js'

/** Of all workers, from the latest tick of each. What was never sent is due to nobody, however much it is missed. */
export function sumSoFar(ticks: readonly Tick[]): DeliverySoFar {
  const sum = (read: (tick: Tick) => number) => ticks.reduce((all, tick) => all + read(tick), 0)
  const overtaken = sum(({ soFar }) => soFar.missing)
  const missing = Math.max(0, overtaken - sum(({ unsentCopies }) => unsentCopies))
  return {
    missing,
    missingAcrossBreaks: Math.min(
      missing,
      sum(({ soFar }) => soFar.missingAcrossBreaks),
    ),
    replayed: sum(({ soFar }) => soFar.replayed),
    reordered: sum(({ soFar }) => soFar.reordered),
    duplicates: sum(({ soFar }) => soFar.duplicates),
    unexpected: sum(({ soFar }) => soFar.unexpected),
  }
}
