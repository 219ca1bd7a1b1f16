import type { ToNode } from '../../../reference-cluster/node/contract.js'
import { entryPoint } from '../../base/entry-point.js'
import { setupError } from '../../base/errors.js'
import { packageVersion } from '../../base/package-info.js'
import { unlessAborted } from '../../base/unless-aborted.js'
import { strategies } from '../affinity/index.js'
import { balancers } from '../balancers/index.js'
import type { ClusterInfo, UnexpectedExit } from '../cluster.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { forkUntilReady } from '../fork.js'
import { nodeConfig } from '../node-config.js'
import { statsOf } from '../node-stats.js'
import { programVersion } from '../program-version.js'
import { ReferenceCluster, type ReferenceClusterParts } from '../reference-cluster.js'
import { writeTlsFiles } from '../tls/tls-files.js'
import { startBroker } from './broker.js'
import { startBrokerPath } from './broker-path.js'
import { withLogs } from './kept-logs.js'
import type { LaunchedProcess } from './launcher.js'
import { drawLoopbackHost } from './loopback.js'
import { Nodes, nodeId } from './nodes.js'
import { openLauncher, type RunLauncher } from './run-launcher.js'
import type { WardenHandle } from './start-warden.js'

export interface LocalClusterOptions {
  readonly plan: ClusterPlan
  /** Limit of open files per process. */
  readonly descriptors: number
  readonly expectedClients: number
  /** Ends the wait for a part that does not become ready. */
  readonly signal?: AbortSignal
  /** The run's; without one, the cluster has its own. */
  readonly warden?: WardenHandle
}

/**
 * Starts broker, nodes and balancer, in that order, each once the one before is ready. If a part fails: a setupError with the
 * part, its address and the end of its log, and nothing is left running.
 */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  refuseTooManyClients(options)
  const unexpectedExits: UnexpectedExit[] = []
  const launcher = await openLauncher((exit) => unexpectedExits.push(exit), options.warden)
  const { signal } = options
  try {
    const parts = await unlessAborted(bringUp(launcher, options), signal)
    return new LocalCluster(launcher, { ...parts, unexpectedExits })
  } catch (error) {
    throw withLogs(error, await launcher.dispose({ keepLogs: signal?.aborted !== true }))
  }
}

/** The reference cluster as child processes of this one. */
export class LocalCluster extends ReferenceCluster<LaunchedProcess> {
  constructor(
    private readonly launcher: RunLauncher,
    parts: ReferenceClusterParts<LaunchedProcess>,
  ) {
    super(parts)
  }

  /** Sends a message to a node over its IPC channel. */
  tellNode(id: string, message: ToNode): void {
    this.nodeProcesses.find(id).launched.child.send(message)
  }

  protected async doesNodeAnswer(id: string, withinMs: number): Promise<boolean> {
    return (await statsOf(this.nodeProcesses.upstreamOf(id), withinMs))?.id === id
  }

  async down(): Promise<void> {
    this.keptLogs = await this.launcher.dispose({ keepLogs: this.unexpectedExits.length > 0 })
  }
}

async function bringUp(
  launcher: RunLauncher,
  { plan, descriptors }: LocalClusterOptions,
): Promise<Omit<ReferenceClusterParts<LaunchedProcess>, 'unexpectedExits'>> {
  const host = await drawLoopbackHost()
  const broker = plan.broker && (await startBroker(plan.broker, { launcher, host, descriptors, port: 0 }))
  const brokerPath =
    broker !== null && plan.broker?.isProxied
      ? await startBrokerPath({ launcher, host, brokerUrl: broker.url, maxNodes: plan.maxNodes })
      : null
  const brokerUrlOf = (slot: number) => brokerPath?.urlOf(slot) ?? broker?.url ?? null
  const nodes = new Nodes<LaunchedProcess>({
    launcher,
    maxNodes: plan.maxNodes,
    drainWindowMs: plan.drain.windowMs,
    async start(slot, wantedPort) {
      const id = nodeId(slot)
      const config = nodeConfig(plan, { slot, host, port: wantedPort, brokerUrl: brokerUrlOf(slot) })
      const { launched, port } = await forkUntilReady(launcher, host, {
        part: id,
        module: entryPoint('node'),
        env: { WSBENCH_NODE: JSON.stringify(config) },
      })
      return { upstream: { id, slot, host, port }, launched }
    },
  })
  const started = await nodes.start(plan.nodes)
  const { kind, strategy, isEmbedded, binary, drainState, settings, processes, sources } = plan.balancer
  const version =
    binary === null ? packageVersion : await programVersion(binary, balancers[kind].program?.versionArgument)
  const balancer = await balancers[kind].start({
    launcher,
    host,
    tls: plan.balancer.tls ? await writeTlsFiles(launcher.directory, host) : null,
    descriptors,
    binary,
    strategy: strategies[strategy],
    drainState,
    settings,
    processes,
    sources,
    maxNodes: plan.maxNodes,
    nodes: started.map((node) => node.upstream),
  })
  const info: ClusterInfo = {
    driver: 'local',
    balancer: { kind, strategy, isEmbedded, version },
    broker: broker?.info ?? null,
    bridge: plan.bridge,
  }
  return {
    info,
    broker,
    brokerPath,
    nodes,
    balancer,
    reloadCutsAfterMs: balancers[kind].cutsAfterMs(settings),
  }
}

function refuseTooManyClients({ plan, descriptors, expectedClients }: LocalClusterOptions): void {
  const { kind, processes } = plan.balancer
  const carries = processes * balancers[kind].clientsPerProcess(descriptors)
  if (expectedClients <= carries) return
  throw setupError(
    `balancer: ${processes} process(es) of ${kind} carry ${carries} clients, and ${expectedClients} are planned`,
    `plan more processes or fewer clients, or raise the limit of ${descriptors} open files (ulimit -n)`,
  )
}
