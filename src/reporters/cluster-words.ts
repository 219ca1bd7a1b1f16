import { plural } from '../base/format.js'
import type { Result } from '../results/result.js'

/** `nginx least-connections → 4 nodes → embedded redis`, or `socket.io → wss://rt.example.com` */
export function clusterWords({ cluster, scenario }: Result): string {
  const { target } = scenario.plan
  if (target) return targetWords(target)
  const { balancer, broker } = cluster
  const born = cluster.nodes.length
  const started = scenario.plan.cluster.nodes
  const nodes = born > started ? `${started}–${born} nodes` : plural(started, 'node')
  const front = `${partName(balancer)} ${balancer.strategy}${scenario.plan.cluster.balancer.tls ? ' TLS' : ''}`
  const words = [front, nodes, ...(broker ? [partName(broker)] : [])]
  return `${words.join(' → ')}${cluster.driver === 'compose' ? ', in containers' : ''}`
}

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

/** Of the real parts, if they are ours at all; an embedded one is of wsbench's own version. */
export function versionWords({ cluster, scenario }: Result): string[] {
  if (scenario.plan.target) return []
  const { balancer, broker, bridge } = cluster
  const version = (part: Part & { readonly version: string }) =>
    part.isEmbedded ? partName(part) : `${part.kind} ${part.version}`
  return [
    ...(balancer.isEmbedded ? [] : [version(balancer)]),
    broker ? `${bridge} on ${version(broker)}` : `bridge ${bridge}`,
  ]
}

type TargetPlan = NonNullable<Result['scenario']['plan']['target']>

interface Part {
  readonly kind: string
  readonly isEmbedded: boolean
}

/** An embedded part never goes by the bare name of the real one. */
function partName({ kind, isEmbedded }: Part): string {
  if (!isEmbedded) return kind
  return kind === 'embedded' ? 'embedded balancer' : `embedded ${kind}`
}
