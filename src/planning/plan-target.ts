import type { NoClusterPlan } from '../cluster/cluster-plan.js'
import type { TargetPlan } from '../cluster/external/target-plan.js'
import type { Target } from '../scenarios/target-schema.js'

export function planTarget(target: Target): TargetPlan {
  const { url, urls, protocol, headers, cookies, query, subprotocols, compression, tls, feed, stats } = target
  const { kind, ...options } = protocol as { readonly kind: string }
  return {
    urls: urls ?? [{ url: url!, weight: 1 }],
    protocol: { kind, options },
    headers,
    cookies,
    query,
    subprotocols: subprotocols ?? null,
    compression,
    tls: {
      ca: tls.ca ?? null,
      cert: tls.cert ?? null,
      key: tls.key ?? null,
      serverName: tls.serverName ?? null,
      isInsecure: tls.insecure,
    },
    feed: feed ? { file: feed.file, encoding: feed.encoding ?? null } : null,
    stats,
    node: planNode(target.node),
  }
}

export function noCluster({ urls }: TargetPlan): NoClusterPlan {
  return {
    driver: 'target',
    balancer: {
      kind: 'none',
      strategy: 'none',
      isEmbedded: false,
      binary: null,
      tls: urls.some(({ url }) => url.startsWith('wss:')),
      processes: 0,
      sources: [],
    },
    nodes: 0,
    maxNodes: 0,
    bridge: 'none',
    broker: null,
    brokerPatienceMs: 0,
    drain: { mode: 'close', windowMs: 0 },
  }
}

function planNode(node: Target['node']): TargetPlan['node'] {
  const found = (['header', 'cookie', 'message'] as const).find((from) => node?.[from] !== undefined)
  if (node === undefined || found === undefined) return null
  const name = node[found]!
  return { from: found, name: found === 'header' ? name.toLowerCase() : name }
}
