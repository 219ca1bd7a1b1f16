import { formatDuration, formatMicros } from '../../../base/format.js'
import type { ResultRule } from '../rule.js'

/** A wait between attempts that users don't notice. */
const SHORT_MS = 2_000

export const reconnectCap: ResultRule = {
  name: 'reconnect-cap',
  explanation:
    'Each failed attempt doubles the wait, up to the cap. The cluster was back long before the last clients tried again.',
  change: 'lower the cap; full jitter still spreads the attempts',
  improves: 'connections.downtime.p95',
  evidence({ scenario: { plan }, connections }) {
    const { capMs } = plan.clients.reconnect
    const { count, p95 } = connections.downtimeMicros
    const isLong = capMs > SHORT_MS && p95 / 1000 > capMs / 2
    return count > 0 && isLong
      ? `95 % of downtimes reach ${formatMicros(p95)}, with waits of up to ${formatDuration(capMs)}`
      : null
  },
  settings: () => [`clients.reconnect.cap=${SHORT_MS}ms`],
}
