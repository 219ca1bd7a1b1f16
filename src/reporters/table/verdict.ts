import type { Result, Verdict } from '../../results/result.js'
import { clip, widthOf } from '../fit.js'
import { formatSpan, plural } from '../format.js'
import type { Page } from '../page.js'

const looks = {
  pass: { symbol: '✓', style: 'green' },
  fail: { symbol: '✗', style: 'red' },
  invalid: { symbol: '?', style: 'yellow' },
  interrupted: { symbol: '◼', style: 'yellow' },
} as const satisfies Record<Verdict['outcome'], unknown>

/** The verdict, of what, on which cluster; then why. */
export function verdictBlock(result: Result, page: Page): string[] {
  const { outcome, reasons } = result.verdict
  const { symbol, style } = looks[outcome]
  const word = `${symbol} ${outcome.toUpperCase()}`
  const cluster = clusterWords(result)
  const name = clip(result.scenario.name, page.columns - widthOf(word) - 2)
  const first = `${page.paint(style, page.heading(word))}  ${page.heading(name)}`
  const isShort = widthOf(first) + 2 + widthOf(cluster) <= page.columns
  return [
    ...(isShort ? [`${first}  ${cluster}`] : [first, ...page.facts([cluster])]),
    ...page.facts(setting(result)).map((line) => page.paint('dim', line)),
    ...reasons.flatMap((reason) => page.item(page.paint(style, symbol), reason)),
  ]
}

/** `nginx least-connections → 4 nodes → embedded redis` */
function clusterWords({ cluster, scenario }: Result): string {
  const { target } = scenario.plan
  if (target) return `${target.protocol.kind} → ${hostsOf(target.urls)}`
  const { balancer, broker } = cluster
  const born = cluster.nodes.length
  const started = scenario.plan.cluster.nodes
  const nodes = born > started ? `${started}–${born} nodes` : plural(started, 'node')
  const front = `${partName(balancer)} ${balancer.strategy}${scenario.plan.cluster.balancer.tls ? ' TLS' : ''}`
  const words = [front, nodes, ...(broker ? [partName(broker)] : [])]
  return words.join(' → ')
}

/** `wss://rt.example.com, ws://10.0.0.7:81` */
function hostsOf(urls: readonly { readonly url: string }[]): string {
  return urls
    .map(({ url }) => new URL(url))
    .map(({ protocol, host }) => `${protocol}//${host}`)
    .join(', ')
}

/** An embedded part never goes by the bare name of the real one. */
function partName({ kind, isEmbedded }: { readonly kind: string; readonly isEmbedded: boolean }): string {
  if (!isEmbedded) return kind
  return kind === 'embedded' ? 'embedded balancer' : `embedded ${kind}`
}

/** Of the real parts; an embedded one is of wsbench's own version. */
function versions({ balancer, broker, bridge }: Result['cluster']): string[] {
  const version = (part: {
    readonly kind: string
    readonly isEmbedded: boolean
    readonly version: string
  }) => (part.isEmbedded ? partName(part) : `${part.kind} ${part.version}`)
  return [
    ...(balancer.isEmbedded ? [] : [version(balancer)]),
    broker ? `${bridge} on ${version(broker)}` : `bridge ${bridge}`,
  ]
}

function setting({ scenario: { plan }, cluster, durationMs, environment }: Result): string[] {
  return [
    plural(plan.clients.count, 'client'),
    `${formatSpan(durationMs)}, ${formatSpan(plan.phases.measureMs)} of it measured`,
    ...(plan.target ? [] : versions(cluster)),
    `seed ${plan.seed}`,
    `${environment.cores} cores, node ${environment.node}`,
  ]
}
