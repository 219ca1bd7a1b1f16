import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setupError, WsbenchError } from '../../base/errors.js'
import type {
  Cluster,
  ClusterInfo,
  ClusterNode,
  Endpoint,
  PartSample,
  PoolRemoval,
  UnexpectedExit,
} from '../cluster.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { withLogs } from '../local/kept-logs.js'
import { openLauncher } from '../local/run-launcher.js'
import { NodePool } from '../node-pool.js'
import { until } from '../readiness.js'
import { bringUp, type ContainedBroker, type ContainedParts } from './bring-up.js'
import type { Container } from './container.js'
import { Docker, requireEngine } from './docker.js'

const DOWN = ['down', '--volumes', '--remove-orphans', '--timeout', '0'] as const
const BROKER_WITHIN_MS = 15_000

export interface ComposeClusterOptions {
  readonly plan: ClusterPlan
  /** Absolute path of docker's client. */
  readonly binary: string
  /** Ctrl-C: ends a build or a pull, which may take minutes. */
  readonly signal: AbortSignal
}

/** What fails is a setupError that says which part, and how its log ends; nothing is left then. */
export async function startComposeCluster({
  plan,
  binary,
  signal,
}: ComposeClusterOptions): Promise<ComposeCluster> {
  await requireEngine(binary)
  const unexpectedExits: UnexpectedExit[] = []
  const launcher = await openLauncher((casualty) => unexpectedExits.push(casualty))
  const docker = new Docker({
    binary,
    launcher,
    project: `wsbench-${randomBytes(4).toString('hex')}`,
    file: join(launcher.directory, 'docker-compose.yml'),
  })
  launcher.onDeath(binary, docker.composeArguments(...DOWN))
  try {
    const parts = await bringUp(docker, plan, signal)
    return new ComposeCluster(docker, parts, await infoOf(plan, parts), unexpectedExits)
  } catch (error) {
    await docker.compose(...DOWN).catch(() => undefined)
    const logs = await launcher.dispose({ keepLogs: !signal.aborted })
    if (signal.aborted)
      throw new WsbenchError('interrupted before the cluster was up', { exit: 'interrupted', cause: error })
    throw withLogs(error, logs)
  }
}

async function infoOf(plan: ClusterPlan, { broker, version }: ContainedParts): Promise<ClusterInfo> {
  const { kind, strategy } = plan.balancer
  return {
    driver: 'compose',
    balancer: { kind, strategy, isEmbedded: false, version },
    broker: broker && {
      kind: broker.kind,
      isEmbedded: false,
      version: await broker.container.version(broker.program.program),
    },
    bridge: plan.bridge,
  }
}

/** The reference cluster in containers, told by `docker compose` what to do. */
export class ComposeCluster implements Cluster {
  readonly endpoints: readonly Endpoint[]
  readonly brokerUrl: string | null
  /** Where `down` kept the logs, which it does when there were casualties. */
  keptLogs: string | null = null
  readonly #pool: NodePool<Container>
  #isDown: Promise<void> | null = null

  constructor(
    private readonly docker: Docker,
    private readonly parts: ContainedParts,
    readonly info: ClusterInfo,
    readonly unexpectedExits: readonly UnexpectedExit[],
  ) {
    const { balancer, broker } = parts
    this.endpoints = balancer.endpoints
    this.#pool = new NodePool(parts.nodes, balancer)
    this.brokerUrl = broker && `${broker.kind}://${broker.host}:${broker.port}`
  }

  get nodes(): readonly ClusterNode[] {
    return this.#pool.all
  }

  get poolRemovals(): readonly PoolRemoval[] {
    return this.#pool.poolRemovals
  }

  addNodes(count: number): Promise<readonly ClusterNode[]> {
    return this.#pool.add(count)
  }

  killNode(id: string): Promise<void> {
    return this.parts.nodes.kill(id)
  }

  drainNode(id: string): Promise<void> {
    return this.#pool.drain(id)
  }

  restartNode(id: string): Promise<void> {
    return this.#pool.restart(id)
  }

  freeze(part: string): Promise<void> {
    return this.#containerOf(part).pause()
  }

  async thaw(part: string): Promise<void> {
    const isThere = part === 'broker' || this.nodes.some(({ id }) => id === part)
    if (isThere && !this.#containerOf(part).isGone) await this.#containerOf(part).unpause()
  }

  reloadBalancer(): Promise<void> {
    return this.parts.balancer.reload()
  }

  killBalancer(): Promise<void> {
    return this.parts.balancer.kill()
  }

  startBalancer(): Promise<void> {
    return this.parts.balancer.restart()
  }

  killBroker(): Promise<void> {
    return this.#requireBroker().container.kill()
  }

  async startBroker(): Promise<void> {
    const { container, program, host, port } = this.#requireBroker()
    await container.start()
    if (!(await until(() => program.isReady(host, port), BROKER_WITHIN_MS)))
      throw container.error(`does not answer at ${host}:${port}`)
  }

  async disconnectBroker(): Promise<void> {
    const { container, program, host, port } = this.#requireBroker()
    if (!(await program.disconnectClients?.(host, port))) throw container.error('did not cut its connections')
  }

  shapeBrokerPath(): never {
    throw new Error('driver compose has no proxy, and should not have been planned for')
  }

  async sample(): Promise<readonly PartSample[]> {
    const { broker, balancerContainer, nodes } = this.parts
    const containers: readonly (readonly [string, Container])[] = [
      ['balancer', balancerContainer],
      ...(broker === null ? [] : [['broker', broker.container] as const]),
      ...nodes.running.map(({ upstream, launched }) => [upstream.id, launched] as const),
    ]
    const samples = await Promise.all(
      containers.map(async ([part, container]) => {
        const usage = await container.usage()
        return usage === null ? [] : [{ part, ...usage }]
      }),
    )
    return samples.flat()
  }

  down(): Promise<void> {
    this.#isDown ??= this.#goDown()
    return this.#isDown
  }

  async #goDown(): Promise<void> {
    const { broker, balancerContainer, nodes } = this.parts
    const isKeepingLogs = this.unexpectedExits.length > 0
    for (const { launched } of nodes.running) launched.expectEnd()
    balancerContainer.expectEnd()
    broker?.container.expectEnd()
    try {
      await this.docker.compose(...DOWN)
    } finally {
      this.keptLogs = await this.docker.launcher.dispose({ keepLogs: isKeepingLogs })
    }
  }

  #containerOf(part: string): Container {
    return part === 'broker' ? this.#requireBroker().container : this.parts.nodes.find(part).launched
  }

  #requireBroker(): ContainedBroker {
    if (this.parts.broker === null) throw setupError('this cluster has no broker')
    return this.parts.broker
  }
}
