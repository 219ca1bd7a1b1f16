import { expect, it } from 'vitest'
import { nowMicros } from '../base/clock.js'
import type { Cluster } from '../cluster/cluster.js'
import type { EventRecord } from './event.js'
import type { EventKind } from './index.js'
import { withEvidenceOfClients } from './proof.js'
import { actionOf } from './testing/recording-cluster.js'
import { runTimeline } from './testing/run-timeline.js'

/** The record of one event on a cluster whose parts answer as told, whatever is done to them. */
async function recordOf(kind: EventKind, given: object, cluster: Partial<Cluster>): Promise<EventRecord> {
  const done = async (): Promise<void> => {}
  const node = { id: 'n1', host: '127.0.0.1', port: 1, state: 'up' } as const
  const obeying = {
    killNode: done,
    drainNode: done,
    killBroker: done,
    freeze: done,
    thaw: done,
    shapeBrokerPath: done,
  }
  const event = { id: `${kind}#1`, atMs: 0, windowMs: 0, action: actionOf(kind, given) }
  const [record] = await runTimeline([event], { nodes: [node], ...obeying, ...cluster } as unknown as Cluster)
  return record!
}

it.each(['node-kill', 'broker-kill', 'node-drain'] as const)(
  '%s: a part that still answers was not ended',
  async (kind) => {
    const given = kind === 'broker-kill' ? {} : { node: 'n1' }
    expect((await recordOf(kind, given, { answers: async () => true })).failure).toMatch(
      /^(n1|broker) still answers$/,
    )
    const ended = await recordOf(kind, given, { answers: async () => false })
    expect(ended).toMatchObject({
      failure: null,
      evidence: [expect.stringMatching(/^(n1|broker) answers no more$/)],
    })
  },
)

it('node-freeze: a node that answers while it should be frozen was not', async () => {
  const given = { node: 'n1', for: '300ms' }
  const awake = await recordOf('node-freeze', given, { answers: async () => true })
  expect(awake).toMatchObject({
    failure: expect.stringMatching(/^n1 answered [1-9]\d* of [1-9]\d* requests$/),
    evidence: [],
  })
  let isFrozen = false
  const frozen = await recordOf('node-freeze', given, {
    async freeze() {
      isFrozen = true
    },
    async thaw() {
      isFrozen = false
    },
    answers: async () => !isFrozen,
  })
  expect(frozen.failure).toBeNull()
  expect(frozen.evidence).toEqual([
    expect.stringMatching(/^n1 answered none of [1-9]\d* requests while frozen$/),
    'n1 answers',
  ])
})

it.each([
  [null, null, 'did not answer'],
  [210, null, 'took 210 ms to answer'],
  [3, 'the broker answered n1 after 3 ms: it was not delayed', null],
])('latency of 100 ms: an answer after %s ms', async (tookMs, failure, words) => {
  const given = { nodes: 'n1', delay: '100ms', for: '10ms' }
  const record = await recordOf('latency', given, { brokerAnswerMs: async () => tookMs })
  expect(record.failure).toBe(failure)
  if (words !== null) expect(record.evidence).toEqual([`the broker ${words} over the path of n1`])
})

it('partition: a broker that answers over the path was not cut off', async () => {
  const given = { nodes: 'n1', for: '300ms' }
  const through = await recordOf('partition', given, { brokerAnswerMs: async () => 2 })
  expect(through.failure).toMatch(/over the path of n1, answered [1-9]\d* of/)
  const cut = await recordOf('partition', given, { brokerAnswerMs: async () => null })
  expect(cut).toMatchObject({ failure: null, evidence: [expect.stringMatching(/answered none of/)] })
})

it('broker-disconnect: connections must have been closed', async () => {
  expect((await recordOf('broker-disconnect', {}, { disconnectBroker: async () => 0 })).failure).toMatch(
    /no connection/,
  )
  expect(
    (await recordOf('broker-disconnect', {}, { disconnectBroker: async () => 4 })).evidence,
  ).toHaveLength(1)
})

it('an event of clients is shown by the connections that it disturbed; without any it has failed', () => {
  const record = eventRecord('client-churn')
  const { id } = record
  const [seen] = withEvidenceOfClients([record], { [id]: 1_200 }, false)
  expect(seen).toMatchObject({ failure: null, evidence: ['1,200 connections were cut'] })
  const [unseen] = withEvidenceOfClients([record], {}, false)
  expect(unseen!.failure).toBe('nothing shows that it took effect')
  const [interrupted] = withEvidenceOfClients([record], {}, true)
  expect(interrupted!.failure).toBeNull()
})

function eventRecord(kind: EventKind): EventRecord {
  const micros = nowMicros()
  const when = { scheduledMicros: micros, startedMicros: micros, finishedMicros: micros }
  return { id: `${kind}#1`, kind, targets: [], turns: [], ...when, failure: null, evidence: [] }
}
