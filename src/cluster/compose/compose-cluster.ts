import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { WsbenchError } from '../../base/errors.js'
import { unlessAborted } from '../../base/unless-aborted.js'
import type { UnexpectedExit } from '../cluster.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { withLogs } from '../local/kept-logs.js'
import { openLauncher } from '../local/run-launcher.js'
import type { WardenHandle } from '../local/start-warden.js'
import { ReferenceCluster } from '../reference-cluster.js'
import { bringUp, type ContainedParts } from './bring-up.js'
import type { Container } from './container.js'
import { Docker, requireEngine } from './docker.js'

const DOWN = ['down', '--volumes', '--remove-orphans', '--timeout', '0'] as const

export interface ComposeClusterOptions {
  readonly plan: ClusterPlan
  /** Absolute path of the docker client. */
  readonly binary: string
  /** Aborts a build or a pull, which may take minutes, and the wait for a part that does not become ready. */
  readonly signal: AbortSignal
  /** The run's; without one, the cluster has its own. */
  readonly warden?: WardenHandle
}

/** If a part fails: a setupError with the part and the end of its log, and everything is removed. */
export async function startComposeCluster({
  plan,
  binary,
  signal,
  warden,
}: ComposeClusterOptions): Promise<ComposeCluster> {
  await requireEngine(binary)
  const unexpectedExits: UnexpectedExit[] = []
  const launcher = await openLauncher((exit) => unexpectedExits.push(exit), warden)
  const docker = new Docker({
    binary,
    launcher,
    project: `wsbench-${randomBytes(4).toString('hex')}`,
    file: join(launcher.directory, 'docker-compose.yml'),
  })
  launcher.onDeath(binary, docker.composeArguments(...DOWN))
  try {
    const parts = await unlessAborted(bringUp(docker, plan, signal), signal)
    return new ComposeCluster(docker, parts, unexpectedExits)
  } catch (error) {
    await docker.compose(...DOWN).catch(() => undefined)
    const logs = await launcher.dispose({ keepLogs: !signal.aborted })
    if (signal.aborted)
      throw new WsbenchError('interrupted before the cluster was up', { exit: 'interrupted', cause: error })
    throw withLogs(error, logs)
  }
}

/** The reference cluster in containers, which are controlled by `docker compose`. */
export class ComposeCluster extends ReferenceCluster<Container> {
  #isDown: Promise<void> | null = null

  constructor(
    private readonly docker: Docker,
    private readonly parts: ContainedParts,
    unexpectedExits: readonly UnexpectedExit[],
  ) {
    super({ ...parts, brokerPath: null, unexpectedExits })
  }

  down(): Promise<void> {
    this.#isDown ??= this.#goDown()
    return this.#isDown
  }

  /** As the engine says, since an engine in a virtual machine has addresses that can't be reached from here. */
  protected async doesNodeAnswer(id: string): Promise<boolean> {
    const name = this.docker.containerOf(id)
    const status = await this.docker.read('inspect', '--format', '{{.State.Status}}', name).catch(() => '')
    return status.trim() === 'running'
  }

  async #goDown(): Promise<void> {
    const { broker, balancerContainer, nodes } = this.parts
    const isKeepingLogs = this.unexpectedExits.length > 0
    for (const { launched } of nodes.running) launched.expectEnd()
    balancerContainer.expectEnd()
    broker?.launched.expectEnd()
    try {
      await this.docker.compose(...DOWN)
    } finally {
      this.keptLogs = await this.docker.launcher.dispose({ keepLogs: isKeepingLogs })
    }
  }
}
