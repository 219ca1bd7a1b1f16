import type { z } from 'zod'
import { type AffinityName, strategies } from '../affinity/index.js'
import type { Strategy } from '../affinity/strategy.js'
import type { DrainState, RunningBalancer } from '../balancers/balancer.js'
import { type BalancerKind, balancers, findBalancer } from '../balancers/index.js'
import { balancerSettings } from '../balancers/settings.js'
import type { Endpoint } from '../cluster.js'
import { drawLoopbackHost } from '../local/loopback.js'
import { openLauncher } from '../local/run-launcher.js'
import { writeTlsFiles } from '../tls/tls-files.js'
import { type FakeNode, startFakeNode } from './fake-node.js'

/** A real balancer in front of fake nodes. */
export interface Balanced {
  readonly balancer: RunningBalancer
  readonly endpoint: Endpoint
  readonly nodes: readonly FakeNode[]
  /** Starts one more node, which the balancer does not know yet. */
  spare(): Promise<FakeNode>
}

export interface BalancedOptions {
  readonly kind: BalancerKind
  readonly strategy: AffinityName | Strategy
  readonly processes?: number
  readonly drainState?: DrainState
  readonly settings?: z.input<typeof balancerSettings>
  readonly tls?: boolean
  readonly sources?: readonly string[]
}

/** Runs `body` with a balancer in front of three nodes, and ends them all. */
export async function withBalancer(
  options: BalancedOptions,
  body: (balanced: Balanced) => Promise<void>,
): Promise<void> {
  const { kind, strategy, processes = 1, drainState = 'maint', tls = false, sources = [] } = options
  const nodes = await Promise.all([0, 1, 2].map(startFakeNode))
  const launcher = await openLauncher(({ part, how, logTail }) => {
    throw new Error(`${part}: ${how}\n${logTail}`)
  })
  try {
    const host = await drawLoopbackHost()
    const balancer = await balancers[kind].start({
      launcher,
      processes,
      drainState,
      settings: balancerSettings.parse(options.settings),
      binary: findBalancer(kind),
      strategy: typeof strategy === 'string' ? strategies[strategy] : strategy,
      descriptors: 1024,
      maxNodes: 8,
      nodes: [...nodes],
      sources,
      host,
      tls: tls ? await writeTlsFiles(launcher.directory, host) : null,
    })
    const [endpoint] = balancer.endpoints
    if (endpoint === undefined) throw new Error('no endpoint')
    const spare = async () => {
      const node = await startFakeNode(nodes.length)
      nodes.push(node)
      return node
    }
    await body({ balancer, endpoint, nodes, spare })
  } finally {
    await Promise.all(nodes.map((node) => node.die()))
    await launcher.dispose({ keepLogs: false })
  }
}

/** Whether tests of `kind` can run here; warns if they can't. In CI they run anyway, and fail. */
export function canRun(kind: BalancerKind): boolean {
  if (balancers[kind].isEmbedded || findBalancer(kind) !== null || process.env.CI) return true
  console.warn(`SKIPPED: ${kind} is not installed, its tests do not run`)
  return false
}
