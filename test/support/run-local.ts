import type { Cluster } from '../../src/cluster/cluster.js'
import { localClusterPlan } from '../../src/cluster/cluster-plan.js'
import { startLocalCluster } from '../../src/cluster/local/local-cluster.js'
import { planScenario } from '../../src/planning/planner.js'
import { readMachine } from '../../src/planning/read-machine.js'
import type { Result } from '../../src/results/result.js'
import { describeEnvironment } from '../../src/run/environment.js'
import type { RunObserver } from '../../src/run/observer.js'
import { run } from '../../src/run/run.js'
import { parseScenario } from '../../src/scenarios/load.js'

/** A run in this process, on a cluster that the test gets hold of: `prepared` returns what the run is to see of it. */
export function runLocally(
  yaml: string,
  prepared: (cluster: Cluster) => Promise<Cluster> | Cluster,
  observer: Partial<RunObserver> = {},
): Promise<Result> {
  const machine = readMachine()
  const plan = planScenario(parseScenario(yaml, { file: 'test.yaml' }), machine)
  return run({
    plan,
    scenarioHash: '',
    environment: describeEnvironment(machine),
    async startCluster() {
      const { descriptors } = machine
      return prepared(
        await startLocalCluster({ plan: localClusterPlan(plan.cluster), descriptors, expectedClients: 100 }),
      )
    },
    observer,
    signal: new AbortController().signal,
  })
}
