import { entryPoint } from '../../base/entry-point.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { forkUntilReady } from '../fork.js'
import { nodeConfig } from '../node-config.js'
import type { LaunchedProcess, Launcher } from './launcher.js'
import { nodeId, type StartedNode } from './nodes.js'

export interface NodeProcessSettings {
  readonly launcher: Launcher
  readonly host: string
  readonly plan: ClusterPlan
  /** Where a node reaches the broker; null when there is none. */
  readonly brokerUrlOf: (slot: number) => string | null
}

/** A node as a process of this machine. */
export async function startNodeProcess(
  { launcher, host, plan, brokerUrlOf }: NodeProcessSettings,
  slot: number,
  wantedPort: number,
): Promise<StartedNode<LaunchedProcess>> {
  const id = nodeId(slot)
  const config = nodeConfig(plan, { slot, host, port: wantedPort, brokerUrl: brokerUrlOf(slot) })
  const { launched, port } = await forkUntilReady(launcher, host, {
    part: id,
    module: entryPoint('node'),
    env: { WSBENCH_NODE: JSON.stringify(config) },
  })
  return { upstream: { id, slot, host, port }, launched }
}
