import { planScenario } from '../../src/planning/planner.js'
import { bareMachine } from '../../src/planning/testing/machine.js'
import type { Result } from '../../src/results/result.js'
import { describeEnvironment } from '../../src/run/environment.js'
import { run } from '../../src/run/run.js'
import { scenarioSchema } from '../../src/scenarios/schema.js'
import { externalCluster } from './external-cluster.js'

export interface SteadyLoad {
  readonly port: number
  readonly clients: number
  /** Of the one publisher. */
  readonly rateHz: number
  readonly measureMs: number
  /** The measure phase begins at `measureMicros`, which is ahead. */
  readonly onStart?: (measureMicros: number) => void
}

/** One publisher, a broadcast to all clients, one worker, default bounds: a run against a server of the test's own. */
export function runAgainst(load: SteadyLoad): Promise<Result> {
  return run({
    plan: planOf(load),
    scenarioHash: '',
    environment: describeEnvironment(bareMachine),
    startCluster: () => Promise.resolve(externalCluster(load.port)),
    observer: load.onStart ? { onStart: load.onStart } : {},
    signal: new AbortController().signal,
  })
}

function planOf({ clients, rateHz, measureMs }: SteadyLoad) {
  const scenario = scenarioSchema.parse({
    name: 'latency-truth',
    // A rate that does not divide the count: deadlines come out in fractions of a ms.
    clients: { count: clients, connectRate: '300/s' },
    traffic: [{ channel: { name: 'all' }, rate: `${rateHz}/s` }],
    phases: { warmup: '500ms', measure: `${measureMs}ms`, grace: '4s' },
  })
  return { ...planScenario(scenario, bareMachine), workers: 1 }
}
