import { expect, test } from 'vitest'
import { at, sampleRecord } from '../results/testing/sample-record.js'
import { sampleTargetPlan } from '../results/testing/sample-target.js'
import { LiveModel } from './live-model.js'

/** The model of the sample run at `seconds` of its measure phase. */
function modelAt(seconds: number): LiveModel {
  const { plan, ticks, events } = sampleRecord()
  const model = new LiveModel(plan, plan.name, () => at(seconds))
  model.onStart(at(0))
  model.onStage('traffic')
  const calls = [
    ...ticks.flatMap((own, worker) =>
      own.map((tick) => [tick.atMicros, () => model.onTick(worker, tick)] as const),
    ),
    ...events.map((record) => [record.startedMicros, () => model.onEvent(record)] as const),
  ]
  for (const [micros, call] of calls.toSorted(([one], [other]) => one - other)) {
    if (micros <= at(seconds)) call()
  }
  return model
}

test('adds up the workers, and counts what is missing', () => {
  const state = modelAt(22.5).state()
  expect(state).toMatchObject({
    phase: 'node-kill#1',
    connected: 10_000,
    sentPerSecond: 4,
    receivedPerSecond: 50_000,
  })
  expect(state.measured).toEqual({ elapsedMs: 22_500, wholeMs: 60_000 })
  expect(state.progress.missing).toBe(3_600)
  // Of what was planned a second before: the rest may be on its way.
  expect(state.availability).toBeCloseTo(0.998, 3)
  expect(state.generator).toMatchObject({ workers: 2, overload: null })
  expect(state.nodes.find(({ id }) => id === 'n2')).toEqual({
    id: 'n2',
    connected: 0,
    state: 'up',
    affectedBy: 'node-kill#1',
  })
})

test('shows nodes without connections, and nodes that are gone', () => {
  const model = modelAt(22.5)
  const node = { host: '127.0.0.1', port: 1 }
  const nodes = ['n1', 'n3', 'n4', 'n5', 'n6', 'n7'].map((id) => ({ ...node, id, state: 'up' as const }))
  model.onCluster({ nodes })
  const shown = model.state().nodes.map(({ id, state }) => `${id} ${state}`)
  expect(shown).toEqual(['n1 up', 'n2 gone', 'n3 up', 'n4 up', 'n5 up', 'n6 up', 'n7 up'])
})

test('shows events that have started, with their disconnects, and those that are scheduled', () => {
  const [scaleOut, kill, drain] = modelAt(22.5).state().events
  // The disconnects of the kill do not count as the scale-out's.
  expect(scaleOut).toMatchObject({ state: 'done', disconnected: 0, allBackMs: null })
  expect(kill).toMatchObject({ state: 'done', targets: ['n2'], disconnected: 2_500, reconnected: 2_500 })
  expect(kill!.allBackMs).toBeLessThan(2_000)
  expect(drain).toMatchObject({ state: 'scheduled', inMs: 12_500 })
})

test('has a second of history for each second, marked where an event started', () => {
  const { history } = modelAt(22.5).state()
  const affected = history.flatMap(({ isAffected }, index) => (isAffected ? [history.length - index] : []))
  expect(history.at(-1)).toMatchObject({ connected: 10_000, sent: 4, received: 50_000 })
  // One second is still open, and the run is half a second into the next.
  expect(affected).toEqual([12, 2])
})

test('reports a silent worker and leaves it out of the figures', () => {
  const { plan, ticks } = sampleRecord()
  const model = new LiveModel(plan, plan.name, () => at(30))
  model.onTick(0, { ...ticks[0]!.at(-1)!, atMicros: at(29) })
  model.onTick(1, { ...ticks[1]!.at(-1)!, atMicros: at(20) })
  const { connected, generator } = model.state()
  expect(connected).toBe(4_975)
  expect(generator?.overload).toBe('1 of 2 workers silent')
})

test('names a target by its protocol and host', () => {
  const model = new LiveModel(sampleTargetPlan(), 'mine', () => at(0))
  expect(model.state().cluster).toBe('socket.io → wss://rt.example.com')
})
