import { WsbenchError } from '../../base/errors.js'
import { judgeGate, parseGate } from '../gates/gates.js'
import type { GateResult, Measurement, Result } from '../result.js'
import type { RunRecord } from '../run-record.js'
import { balancesOf } from './balance.js'
import { connectionsOf } from './connections.js'
import { deliveryOf } from './delivery.js'
import { eventsOf } from './events.js'
import { generatorOf } from './generator.js'
import { latencyOf } from './latency.js'
import { peaksOf } from './peaks.js'
import { timelineOf } from './timeline.js'
import { judge } from './verdict.js'

/** What a run collected → its result: figures, gates, verdict. Pure. */
export function assembleResult(record: RunRecord): Result {
  const measurement = measure(record)
  const gates = record.plan.gates.map((expression) => judgeExpression(expression, measurement))
  return { ...measurement, gates, verdict: judge({ measurement, gates, record }) }
}

function measure(record: RunRecord): Measurement {
  const { plan, delivery } = record
  const timeline = timelineOf({ ...record, lostBySecond: delivery.lostBySecond })
  return {
    version: 1,
    tool: { name: 'wsbench', version: record.toolVersion },
    scenario: { name: plan.name, hash: record.scenarioHash, plan },
    environment: record.environment,
    cluster: {
      ...record.cluster,
      nodes: [...new Set(record.nodes.map(({ id }) => id))],
      peaks: peaksOf(record),
      backlogDisconnects: record.backlogDisconnects,
    },
    startedAt: record.startedAt,
    durationMs: Math.round((record.stoppedMicros - record.connectStartedMicros) / 1000),
    delivery: deliveryOf(record),
    latency: latencyOf(record),
    connections: connectionsOf(record, timeline),
    balance: balancesOf(record, timeline),
    affinity: {
      reconnectedSameNode: record.disconnects.sameNode,
      reconnectedOtherNode: record.disconnects.otherNode,
      routedToDraining: record.poolRemovals.length > 0 ? record.disconnects.routedToDraining : null,
    },
    events: eventsOf(record, timeline),
    timeline,
    generator: generatorOf(record),
  }
}

/** A gate that can't be parsed fails, as one with nothing to judge does. */
function judgeExpression(expression: string, measurement: Measurement): GateResult {
  try {
    return judgeGate(parseGate(expression), measurement)
  } catch (error) {
    if (!(error instanceof WsbenchError)) throw error
    return { expression, value: null, outcome: 'fail', reason: error.message }
  }
}
