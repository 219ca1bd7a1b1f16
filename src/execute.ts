import { createHash } from 'node:crypto'
import { type LocalCluster, startLocalCluster } from './cluster/local/local-cluster.js'
import { describeEnvironment } from './environment.js'
import type { Result } from './results/result.js'
import { type RunObserver, run, unwatched } from './run.js'
import type { Machine } from './scenarios/machine.js'
import type { Plan } from './scenarios/plan.js'
import { planScenario } from './scenarios/planner.js'
import type { Scenario } from './scenarios/schema.js'

/** A scenario that is ready to run. */
export interface Prepared {
  readonly plan: Plan
  readonly scenarioHash: string
}

interface ExecuteOptions {
  readonly machine: Machine
  /** Null: nobody watches. */
  readonly observer: RunObserver | null
  readonly signal: AbortSignal
}

/** Throws a WsbenchError (exit `setup`) when this machine can't carry it. */
export function prepare(scenario: Scenario, machine: Machine): Prepared {
  const scenarioHash = createHash('sha256').update(JSON.stringify(scenario)).digest('hex')
  return { plan: planScenario(scenario, machine), scenarioHash }
}

/** One run on this machine: what `wsbench run` does, and `wsbench compare` for each cell. */
export async function execute(
  { plan, scenarioHash }: Prepared,
  { machine, observer, signal }: ExecuteOptions,
): Promise<Result> {
  let cluster: LocalCluster | undefined
  try {
    return await run({
      plan,
      scenarioHash,
      environment: describeEnvironment(machine),
      async startCluster() {
        cluster = await startLocalCluster({
          plan: plan.cluster,
          descriptors: machine.descriptors,
          expectedClients: plan.estimate.connections,
        })
        return cluster
      },
      observer: observer ?? unwatched,
      signal,
    })
  } finally {
    if (cluster?.keptLogs) observer?.onLogsKept(cluster.keptLogs)
  }
}
