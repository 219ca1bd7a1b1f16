import type { Plan } from '../src/plan/plan.js'
import { planScenario } from '../src/planning/planner.js'
import { readMachine } from '../src/planning/read-machine.js'
import { parseScenario } from '../src/scenarios/load.js'
import { MESSAGE_BYTES } from './node-server.js'

export interface Load {
  readonly clients: number
  readonly connectRateHz: number
  readonly publishers: number
  /** Of each publisher; where there are none, of the broadcasts that the bench makes itself. */
  readonly rateHz: number
}

/**
 * The plan of a worker that is the second of two: its `clients` subscribe to channel 0 and to nothing else, and its
 * `publishers` publish to channels that nobody hears. What the first worker would do is left to the bench.
 */
export function benchPlan({ clients, connectRateHz, publishers, rateHz }: Load): Plan {
  const scenario = {
    name: 'bench',
    cluster: { nodes: 4, bridge: 'none', balancer: { kind: 'embedded' } },
    clients: { count: Math.max(1, 2 * clients), connectRate: `${2 * connectRateHz}/s` },
    traffic: [
      clients > 0
        ? { channel: { name: 'all' }, rate: `${Math.max(1, rateHz)}/s`, size: `${MESSAGE_BYTES}B` }
        : {
            channel: { name: 'each', count: 2 * publishers, members: 1 },
            rate: `${rateHz}/s`,
            size: `${MESSAGE_BYTES}B`,
          },
    ],
    phases: { warmup: '0s', measure: '10m', grace: '5s' },
  }
  const plan = planScenario(parseScenario(JSON.stringify(scenario), { file: 'bench' }), readMachine())
  return { ...plan, workers: 2, clients: { ...plan.clients, addresses: { kind: 'single' } } }
}
