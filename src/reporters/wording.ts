import { formatCount, formatMicros, formatShare, plural } from '../base/format.js'
import type { Result } from '../results/result.js'

const NO_GATES = 'no gates: nothing was required'

/** `FAIL`; a run without gates passes, but not without saying so. */
export function verdictWords({ verdict: { outcome }, gates }: Result): string {
  const word = outcome.toUpperCase()
  return outcome === 'pass' && gates.length === 0 ? `${word} (${NO_GATES})` : word
}

/** `FAIL rolling-deploy` */
export function headline(result: Result): string {
  return `${verdictWords(result)} ${result.scenario.name}`
}

/** `99.54 % of 3,500,000 planned` */
export function availabilityWords({ availability, planned }: Result['delivery']): string {
  return availability === null
    ? 'nothing planned'
    : `${availabilityShare(availability)} of ${formatCount(planned)} planned`
}

/** `99.54 %`; never rounded up to 100 %. */
export function availabilityShare(availability: number): string {
  const missing = 100 * (1 - availability)
  const scale = missing > 0 ? 10 ** Math.max(1, 1 - Math.floor(Math.log10(missing))) : 1
  return `${Math.floor(100 * availability * scale) / scale} %`
}

/** `availability 99.54 % of 3,500,000 planned, 5,790 lost (0.166 %), p99 1.30 ms` */
export function inShort({ delivery, latency }: Result): string {
  const { due, lost } = delivery
  const share = lost > 0 ? ` (${formatShare(lost / due)})` : ''
  const p99 = latency.fromPlannedSend.count > 0 ? [`p99 ${formatMicros(latency.fromPlannedSend.p99)}`] : []
  return [`availability ${availabilityWords(delivery)}`, `${formatCount(lost)} lost${share}`, ...p99].join(
    ', ',
  )
}

/** Why a run did not pass, other than its gates. */
export function otherReasons({ verdict, gates }: Result): string[] {
  const failed = new Set(gates.map(({ expression, reason }) => `${expression}: ${reason}`))
  return verdict.reasons.filter((reason) => !failed.has(reason))
}

/** `nginx least-connections → 4 nodes → embedded redis`, or `socket.io → wss://rt.example.com` */
export function clusterWords({ cluster, scenario }: Result): string {
  const { target } = scenario.plan
  if (target) return targetWords(target)
  const { balancer, broker } = cluster
  const seen = cluster.nodes.length
  const started = scenario.plan.cluster.nodes
  const nodes = seen > started ? `${started}–${seen} nodes` : plural(started, 'node')
  const front = `${partName(balancer)} ${balancer.strategy}${scenario.plan.cluster.balancer.tls ? ' TLS' : ''}`
  const words = [front, nodes, ...(broker ? [partName(broker)] : [])]
  return `${words.join(' → ')}${cluster.driver === 'compose' ? ', in containers' : ''}`
}

type TargetPlan = NonNullable<Result['scenario']['plan']['target']>

/** `socket.io → wss://rt.example.com` */
export function targetWords({ protocol, urls }: TargetPlan): string {
  return `${protocol.kind} → ${hostsOf(urls)}`
}

/** `wss://rt.example.com, ws://10.0.0.7:81`: the rest of a URL may be secret. */
export function hostsOf(urls: TargetPlan['urls']): string {
  return urls
    .map(({ url }) => new URL(url))
    .map(({ protocol, host }) => `${protocol}//${host}`)
    .join(', ')
}

interface Part {
  readonly kind: string
  readonly isEmbedded: boolean
}

/** An embedded part is never called by the bare name of the real one. */
export function partName({ kind, isEmbedded }: Part): string {
  if (!isEmbedded) return kind
  return kind === 'embedded' ? 'embedded balancer' : `embedded ${kind}`
}
