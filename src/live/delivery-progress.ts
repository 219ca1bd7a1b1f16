import type { DeliveryProgress } from '../results/delivery/types.js'
import type { Tick } from '../results/worker-records.js'

/** Of all workers, from the latest tick of each. What was never sent is due to nobody, however much it is missed. */
export function sumSoFar(ticks: readonly Tick[]): DeliveryProgress {
  const sum = (read: (tick: Tick) => number) => ticks.reduce((all, tick) => all + read(tick), 0)
  const overtaken = sum(({ progress }) => progress.missing)
  const missing = Math.max(0, overtaken - sum(({ unsentCopies }) => unsentCopies))
  return {
    missing,
    missingAcrossDisconnects: Math.min(
      missing,
      sum(({ progress }) => progress.missingAcrossDisconnects),
    ),
    replayed: sum(({ progress }) => progress.replayed),
    reordered: sum(({ progress }) => progress.reordered),
    duplicates: sum(({ progress }) => progress.duplicates),
    unexpected: sum(({ progress }) => progress.unexpected),
  }
}
