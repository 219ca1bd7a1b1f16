import { formatCount, formatMicros, formatShare } from '../base/format.js'
import type { Result } from '../results/result.js'

/** `FAIL rolling-deploy` */
export function headline({ verdict, scenario }: Result): string {
  return `${verdict.outcome.toUpperCase()} ${scenario.name}`
}

/** `3,490,000 due, 5,790 lost (0.166 %), p99 1.30 ms` */
export function inShort({ delivery, latency }: Result): string {
  const { due, lost } = delivery
  const share = lost > 0 ? ` (${formatShare(lost / due)})` : ''
  const late = latency.intended.count > 0 ? [`p99 ${formatMicros(latency.intended.p99)}`] : []
  return [`${formatCount(due)} due`, `${formatCount(lost)} lost${share}`, ...late].join(', ')
}

/** What keeps a run from passing besides its gates. */
export function otherReasons({ verdict, gates }: Result): string[] {
  const missed = new Set(gates.map(({ expression, reason }) => `${expression}: ${reason}`))
  return verdict.reasons.filter((reason) => !missed.has(reason))
}
