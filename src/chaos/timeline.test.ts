import { expect, it } from 'vitest'
import { nowMicros } from '../base/clock.js'
import type { Cluster, ClusterNode } from '../cluster/cluster.js'
import type { PlannedEvent } from './planned-event.js'
import { Timeline } from './timeline.js'

/** A cluster that only keeps what was asked of it, and when; drains take until `release`. */
function recordingCluster() {
  const asked: string[] = []
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
    killNode: async (id) => void asked.push(`kill ${id}`),
    drainNode: async (id) => {
      asked.push(`drain ${id}`)
      await released
    },
    addNodes: async (count) => {
      asked.push(`add ${count}`)
      return []
    },
  }
  return { cluster: cluster as Cluster, asked, release }
}

const planned = (id: string, atMs: number, action: PlannedEvent['action']): PlannedEvent => ({
  id,
  atMs,
  windowMs: 1000,
  action,
})

it('runs each event at its time, beside one that still goes on, and records whom it affected', async () => {
  const { cluster, asked, release } = recordingCluster()
  const timeline = new Timeline({
    events: [
      planned('node-drain#1', 10, { event: 'node-drain', node: 1 }),
      planned('node-kill#1', 40, { event: 'node-kill', node: 'n3' }),
      planned('scale-out#1', 60, { event: 'scale-out', nodes: 2 }),
    ],
    cluster,
    measureMicros: nowMicros(),
    measureMs: 120_000,
    disturb: () => () => {},
    seed: 1,
    signal: new AbortController().signal,
    onChange: (record) => {
      if (record.kind === 'scale-out' && Number.isFinite(record.finishedMicros)) release()
    },
  })
  await timeline.finished
  expect(asked).toEqual(['drain n1', 'kill n3', 'add 2'])
  const records = timeline.records()
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

it('a random target is the same for the same seed', async () => {
  const affected = async (seed: number): Promise<readonly string[]> => {
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
  expect(await affected(5)).toEqual(await affected(5))
  const all = new Set((await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(affected))).flat())
  expect(all.size).toBeGreaterThan(1)
})

it('an event that cannot be done is a recorded failure; after the signal none begins', async () => {
  const { cluster, asked } = recordingCluster()
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
  expect(asked).toEqual([])
  expect(timeline.records().map(({ id, failure }) => [id, failure])).toEqual([
    ['node-kill#1', 'no node n9 is up'],
  ])
})
