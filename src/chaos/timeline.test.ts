import { expect, it } from 'vitest'
import { nowMicros } from '../base/clock.js'
import type { Cluster, ClusterNode } from '../cluster/cluster.js'
import type { PlannedEvent } from './planned-event.js'
import { runTimeline } from './testing/run-timeline.js'
import { Timeline } from './timeline.js'

/** A cluster that only notes the calls made to it; drains take until `release`. */
function recordingCluster() {
  const calls: string[] = []
  let release: () => void = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const nodes: ClusterNode[] = ['n1', 'n2', 'n3'].map((id) => ({
    id,
    host: '127.0.0.1',
    port: 1,
    state: 'up',
  }))
  const cluster: Partial<Cluster> = {
    nodes,
    killNode: async (id) => void calls.push(`kill ${id}`),
    drainNode: async (id) => {
      calls.push(`drain ${id}`)
      await released
    },
    addNodes: async (count) => {
      calls.push(`add ${count}`)
      return []
    },
    answers: async () => false,
  }
  return { cluster: cluster as Cluster, calls, release }
}

const planned = (id: string, atMs: number, action: PlannedEvent['action']): PlannedEvent => ({
  id,
  atMs,
  windowMs: 1000,
  action,
})

it('runs each event at its time, also beside one that is still running, and records its nodes', async () => {
  const { cluster, calls, release } = recordingCluster()
  const records = await runTimeline(
    [
      planned('node-drain#1', 10, { event: 'node-drain', node: 1 }),
      planned('node-kill#1', 40, { event: 'node-kill', node: 'n3' }),
      planned('scale-out#1', 60, { event: 'scale-out', nodes: 2 }),
    ],
    cluster,
    (record) => {
      if (record.kind === 'scale-out' && Number.isFinite(record.finishedMicros)) release()
    },
  )
  expect(calls).toEqual(['drain n1', 'kill n3', 'add 2'])
  expect(records.map(({ id, targets, failure }) => [id, targets, failure])).toEqual([
    ['node-drain#1', ['n1'], null],
    ['node-kill#1', ['n3'], null],
    ['scale-out#1', [], null],
  ])
  for (const { scheduledMicros, startedMicros, finishedMicros } of records) {
    expect(startedMicros).toBeGreaterThanOrEqual(scheduledMicros - 1000)
    expect(finishedMicros).toBeGreaterThanOrEqual(startedMicros)
  }
  expect(records[0]!.finishedMicros).toBeGreaterThan(records[2]!.startedMicros)
})

it('records when an event acted on which node: all the time, or in turns', async () => {
  const { cluster, release } = recordingCluster()
  release()
  const records = await runTimeline(
    [
      planned('node-kill#1', 0, { event: 'node-kill', node: 'n1' }),
      planned('scale-in#1', 0, { event: 'scale-in', nodes: 2 }),
    ],
    cluster,
  )
  const [kill, scaleIn] = records
  const { startedMicros, finishedMicros } = kill!
  expect(kill!.turns).toEqual([{ node: 'n1', startedMicros, finishedMicros }])
  const [first, second] = scaleIn!.turns
  expect([first!.node, second!.node]).toEqual(['n3', 'n2'])
  expect(first!.finishedMicros).toBeLessThanOrEqual(second!.startedMicros)
  expect(second!.finishedMicros).toBeLessThanOrEqual(scaleIn!.finishedMicros)
})

it('a random node is the same for the same seed', async () => {
  const chosen = async (seed: number): Promise<readonly string[]> => {
    const { cluster } = recordingCluster()
    const timeline = new Timeline({
      events: [planned('node-kill#1', 0, { event: 'node-kill', node: 'random' })],
      cluster,
      measureMicros: nowMicros(),
      measureMs: 120_000,
      disturb: () => () => {},
      seed,
      signal: new AbortController().signal,
      onChange: () => {},
    })
    await timeline.finished
    return timeline.records()[0]!.targets
  }
  expect(await chosen(5)).toEqual(await chosen(5))
  const all = new Set((await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(chosen))).flat())
  expect(all.size).toBeGreaterThan(1)
})

it('an event that fails is recorded as failed; after the signal no event begins', async () => {
  const { cluster, calls } = recordingCluster()
  const controller = new AbortController()
  const timeline = new Timeline({
    events: [
      planned('node-kill#1', 0, { event: 'node-kill', node: 9 }),
      planned('node-kill#2', 60_000, { event: 'node-kill', node: 1 }),
    ],
    cluster,
    measureMicros: nowMicros(),
    measureMs: 120_000,
    disturb: () => () => {},
    seed: 1,
    signal: controller.signal,
    onChange: () => controller.abort(),
  })
  await timeline.finished
  expect(calls).toEqual([])
  expect(timeline.records().map(({ id, failure }) => [id, failure])).toEqual([
    ['node-kill#1', 'no node n9 is up'],
  ])
})
