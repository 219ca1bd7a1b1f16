import { formatCount, formatMicros, formatShare } from '../base/format.js'
import type { Result } from '../results/result.js'

/** `FAIL rolling-deploy` */
export function headline({ verdict, scenario }: Result): string {
  return `${verdict.outcome.toUpperCase()} ${scenario.name}`
}

/** `availability 99.55 % of 3,500,000 planned`; never rounded up to 100 %. */
export function availabilityWords({ availability, planned }: Result['delivery']): string {
  if (availability === null) return 'nothing planned'
  const missing = 100 * (1 - availability)
  const scale = missing > 0 ? 10 ** Math.max(0, 1 - Math.floor(Math.log10(missing))) : 1
  return `availability ${Math.floor(100 * availability * scale) / scale} % of ${formatCount(planned)} planned`
}

/** `availability 99.55 % of 3,500,000 planned, 5,790 lost (0.166 %), p99 1.30 ms` */
export function inShort({ delivery, latency }: Result): string {
  const { due, lost } = delivery
  const share = lost > 0 ? ` (${formatShare(lost / due)})` : ''
  const late = latency.intended.count > 0 ? [`p99 ${formatMicros(latency.intended.p99)}`] : []
  return [availabilityWords(delivery), `${formatCount(lost)} lost${share}`, ...late].join(', ')
}

/** What keeps a run from passing besides its gates. */
export function otherReasons({ verdict, gates }: Result): string[] {
  const missed = new Set(gates.map(({ expression, reason }) => `${expression}: ${reason}`))
  return verdict.reasons.filter((reason) => !missed.has(reason))
}
