import { sumOf } from '../base/sum.js'
import type { DeliveryProgress } from '../results/delivery/types.js'
import type { Tick } from '../results/worker-records.js'

/** The progress of all workers, from the latest tick of each. A message that was never sent is not missing. */
export function progressOf(ticks: readonly Tick[]): DeliveryProgress {
  const sum = (count: keyof DeliveryProgress) => sumOf(ticks, ({ progress }) => progress[count])
  const missing = Math.max(0, sum('missing') - sumOf(ticks, ({ unsentCopies }) => unsentCopies))
  return {
    missing,
    missingAcrossDisconnects: Math.min(missing, sum('missingAcrossDisconnects')),
    replayed: sum('replayed'),
    reordered: sum('reordered'),
    duplicates: sum('duplicates'),
    unexpected: sum('unexpected'),
  }
}
