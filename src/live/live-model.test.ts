import { expect, test } from 'vitest'
import { at, sampleRecord } from '../results/testing/sample-record.js'
import { sampleTargetPlan } from '../results/testing/sample-target.js'
import { LivePicture } from './live-model.js'

/** The sample run as it stood at `seconds` of its measure phase. */
function pictureAt(seconds: number): LivePicture {
  const { plan, ticks, events } = sampleRecord()
  const picture = new LivePicture(plan, plan.name, () => at(seconds))
  picture.start(at(0))
  picture.enter('traffic')
  const happenings = [
    ...ticks.flatMap((own, worker) =>
      own.map((tick) => [tick.atMicros, () => picture.tick(worker, tick)] as const),
    ),
    ...events.map((record) => [record.startedMicros, () => picture.event(record)] as const),
  ]
  for (const [micros, happen] of happenings.toSorted(([one], [other]) => one - other)) {
    if (micros <= at(seconds)) happen()
  }
  return picture
}

test('sums up the workers, and what is missing', () => {
  const state = pictureAt(22.5).state()
  expect(state).toMatchObject({
    phase: 'node-kill#1',
    connected: 10_000,
    sentPerSecond: 4,
    receivedPerSecond: 50_000,
  })
  expect(state.measured).toEqual({ elapsedMs: 22_500, wholeMs: 60_000 })
  expect(state.progress.missing).toBe(3_600)
  expect(state.generator).toMatchObject({ workers: 2, strain: null })
  expect(state.nodes.find(({ id }) => id === 'n2')).toEqual({
    id: 'n2',
    connected: 0,
    state: 'up',
    struckBy: 'node-kill#1',
  })
})

test('a node that nobody is connected to shows as well, and one that is gone', () => {
  const picture = pictureAt(22.5)
  const node = { host: '127.0.0.1', port: 1 }
  const nodes = ['n1', 'n3', 'n4', 'n5', 'n6', 'n7'].map((id) => ({ ...node, id, state: 'up' as const }))
  picture.watch({ nodes })
  const shown = picture.state().nodes.map(({ id, state }) => `${id} ${state}`)
  expect(shown).toEqual(['n1 up', 'n2 gone', 'n3 up', 'n4 up', 'n5 up', 'n6 up', 'n7 up'])
})

test('events: those that struck, with who is back, and those to come', () => {
  const [scaleOut, kill, drain] = pictureAt(22.5).state().events
  // What the kill cut is not the scale-out's.
  expect(scaleOut).toMatchObject({ state: 'done', cut: 0, allBackMs: null })
  expect(kill).toMatchObject({ state: 'done', targets: ['n2'], cut: 2_500, back: 2_500 })
  expect(kill!.allBackMs).toBeLessThan(2_000)
  expect(drain).toMatchObject({ state: 'to come', inMs: 12_500 })
})

test('a second of history for each second, marked where an event struck', () => {
  const { history } = pictureAt(22.5).state()
  const struck = history.flatMap(({ isAffected }, index) => (isAffected ? [history.length - index] : []))
  expect(history.at(-1)).toMatchObject({ connected: 10_000, sent: 4, received: 50_000 })
  // One second is still open, and the run is half a second into the next.
  expect(struck).toEqual([12, 2])
})

test('a worker that fell silent is not counted, and said', () => {
  const { plan, ticks } = sampleRecord()
  const picture = new LivePicture(plan, plan.name, () => at(30))
  picture.tick(0, { ...ticks[0]!.at(-1)!, atMicros: at(29) })
  picture.tick(1, { ...ticks[1]!.at(-1)!, atMicros: at(20) })
  const { connected, generator } = picture.state()
  expect(connected).toBe(4_975)
  expect(generator?.strain).toBe('1 of 2 workers silent')
})

test('a target is called by its protocol and host', () => {
  const picture = new LivePicture(sampleTargetPlan(), 'mine', () => at(0))
  expect(picture.state().cluster).toBe('socket.io → wss://rt.example.com')
})
