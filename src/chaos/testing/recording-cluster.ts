import type { Cluster, ClusterNode } from '../../cluster/cluster.js'
import type { InjectContext } from '../event.js'
import { type EventArguments, type EventKind, eventOf, events } from '../index.js'

interface RecordingOptions {
  /** Whether waits end before measuring does. */
  readonly hasTime?: boolean
  /** The calls are added to it, so that they can be read after a failure. */
  readonly calls?: string[]
}

/** The event's arguments as read from a scenario, with defaults filled in. */
export function actionOf(kind: EventKind, given: object = {}): EventArguments {
  return { event: kind, ...events[kind].arguments.parse(given) } as EventArguments
}

/** Injects an event as the timeline does. Resolves with the nodes it is on and the calls it made, in order. */
export async function inject(
  kind: EventKind,
  given: object = {},
  { hasTime = true, calls = [] }: RecordingOptions = {},
): Promise<readonly string[]> {
  const cluster = recordingCluster(calls)
  const action = actionOf(kind, given)
  const event = eventOf(action)
  const context = recordingContext(calls, hasTime)
  const nodes = event.selectNodes?.(cluster, action, context.random) ?? []
  calls.push(`on ${nodes.join(' ') || 'all'}`)
  await event.inject(cluster, action, { ...context, nodes })
  return calls
}

/** A cluster of four nodes, n4 draining, that notes the calls made to it, and which parts should not answer. */
function recordingCluster(calls: string[]): Cluster {
  const note =
    (what: string) =>
    async (...details: readonly unknown[]): Promise<void> => {
      calls.push([what, ...details.map((detail) => JSON.stringify(detail))].join(' '))
    }
  const silent = new Set<string>()
  const silence =
    (what: string, ...fixed: readonly string[]) =>
    async (part = fixed[0]!): Promise<void> => {
      await note(what)(...(fixed.length === 0 ? [part] : []))
      silent.add(part)
    }
  const revive =
    (what: string, ...fixed: readonly string[]) =>
    async (part = fixed[0]!): Promise<void> => {
      await note(what)(...(fixed.length === 0 ? [part] : []))
      silent.delete(part)
    }
  const nodes: ClusterNode[] = ['n1', 'n2', 'n3', 'n4'].map((id) => ({
    id,
    host: '127.0.0.1',
    port: 1,
    state: id === 'n4' ? 'draining' : 'up',
  }))
  const cluster: Omit<
    Cluster,
    'info' | 'endpoints' | 'brokerUrl' | 'sample' | 'unexpectedExits' | 'poolRemovals' | 'down'
  > = {
    nodes,
    addNodes: async (count) => {
      await note('add')(count)
      return []
    },
    killNode: silence('kill'),
    drainNode: silence('drain'),
    restartNode: revive('restart'),
    freeze: silence('freeze'),
    thaw: revive('thaw'),
    answers: async (part) => !silent.has(part),
    brokerAnswerMs: async () => null,
    reloadCutsAfterMs: 0,
    reloadBalancer: async () => {
      await note('reload balancer')()
      return 'generation 1 answers'
    },
    killBalancer: silence('kill balancer', 'balancer'),
    startBalancer: revive('start balancer', 'balancer'),
    killBroker: silence('kill broker', 'broker'),
    startBroker: revive('start broker', 'broker'),
    disconnectBroker: async () => {
      await note('disconnect broker')()
      return 3
    },
    shapeBrokerPath: note('shape'),
  }
  return cluster as Cluster
}

function recordingContext(calls: string[], hasTime: boolean): Omit<InjectContext, 'nodes'> {
  return {
    turn: (node) => {
      calls.push(`turn ${node}`)
      return () => void calls.push('end turn')
    },
    observe() {},
    random: () => 0.5,
    wait: async (ms) => {
      calls.push(`wait ${ms}`)
      return hasTime
    },
    registerUndo: (words) => {
      calls.push(`register undo ${words}`)
      return () => void calls.push('undone')
    },
    disturb: (disturbance) => {
      calls.push(`disturb ${JSON.stringify(disturbance)}`)
      return () => void calls.push('end disturbance')
    },
  }
}
