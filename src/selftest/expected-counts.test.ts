import { describe, expect, it } from 'vitest'
import { HEADER_BYTES, writePublish } from '../protocols/reference.js'
import { DeliveryLog } from './delivery-log.js'
import { countExpected } from './expected-counts.js'
import type { ExpectedResult } from './expected-result.js'
import { Stream } from './stream.js'

const SECOND = 1_000_000
const plain = { ack: 'once', reach: 'all' } as const

/** The logs of one stream whose message s is sent at s seconds, with a grace period of 2 s and a phase `late` from 4 s on. */
class History {
  readonly stream: Stream
  readonly logs: DeliveryLog[]

  constructor(
    readonly messages: number,
    subscribers = 1,
  ) {
    this.stream = new Stream(
      0,
      0,
      'single',
      Array.from({ length: messages }, () => plain),
    )
    this.stream.begin(SECOND, SECOND)
    this.logs = Array.from({ length: subscribers }, () => new DeliveryLog(1, messages))
    for (const log of this.logs) log.subscribed('n1', 0, false)
  }

  publish(sequence: number, isAcked = true): void {
    const publish = Buffer.alloc(HEADER_BYTES)
    const sentMicros = sequence * SECOND
    const header = { run: 1, publisher: 0, channel: 0, sequence, plannedMicros: sentMicros, sentMicros }
    writePublish(publish, 0, header)
    this.stream.take(publish)
    if (isAcked) this.stream.ack(sequence)
  }

  publishAll(): void {
    for (let sequence = 1; sequence <= this.messages; sequence += 1) this.publish(sequence)
  }

  expected(): ExpectedResult {
    return countExpected({
      rooms: [{ members: this.logs.map((log) => ({ log })), streams: [this.stream] }],
      nodes: ['n1', 'n2'],
      groups: ['single'],
      phases: {
        warmupMs: 0,
        measureMs: this.messages * 1000,
        graceMs: 2_000,
        spans: [
          { name: 'steady', startMs: 0, endMs: 4_000 },
          { name: 'late', startMs: 4_000, endMs: 99_000 },
        ],
      },
      measureMicros: 0,
      opened: this.logs.length,
      closeCodes: {},
    })
  }
}

describe('the expected counts', () => {
  it('distinguish lost in flight, on disconnect and while offline by send time', () => {
    const history = new History(6)
    const [log] = history.logs
    history.publishAll()
    log!.disconnected(4.5 * SECOND)
    log!.subscribed('n2', 5.5 * SECOND, false)
    log!.sent(0, 6, 6 * SECOND)
    const { total, byNode, byPhase, affinity } = history.expected()
    expect(total).toMatchObject({
      due: 6,
      delivered: 1,
      lostInFlight: 2,
      lostOnDisconnect: 2,
      lostWhileOffline: 1,
    })
    expect(byNode).toMatchObject({ n1: { due: 5, delivered: 0 }, n2: { due: 1, delivered: 1 } })
    expect(byPhase).toMatchObject({
      steady: { due: 3, lostOnDisconnect: 1 },
      late: { due: 3, lostOnDisconnect: 1 },
    })
    expect(affinity).toEqual({ reconnectedSameNode: 0, reconnectedOtherNode: 1 })
  })

  it('count missing messages of a claimed recovery as false recovery, and no others', () => {
    const history = new History(6)
    const [log] = history.logs
    history.publishAll()
    log!.disconnected(4.5 * SECOND)
    log!.subscribed('n1', 5.5 * SECOND, true)
    log!.sent(0, 4, 9 * SECOND)
    const { total } = history.expected()
    expect(total).toMatchObject({
      due: 6,
      late: 0,
      replayed: 1,
      lostInFlight: 3,
      falseRecovery: 2,
      lostOnDisconnect: 0,
    })
  })

  it('distinguish duplicates in and across epochs, and reordered from replayed', () => {
    const history = new History(4)
    const [log] = history.logs
    history.publishAll()
    for (const sequence of [2, 1, 2, 2]) log!.sent(0, sequence, 2 * SECOND)
    log!.disconnected(3.5 * SECOND)
    log!.subscribed('n1', 3.7 * SECOND, false)
    for (const sequence of [4, 3, 3, 1]) log!.sent(0, sequence, 4 * SECOND)
    const { total } = history.expected()
    expect(total).toMatchObject({ due: 4, delivered: 3, replayed: 1, reordered: 1 })
    expect(total).toMatchObject({ duplicateInEpoch: 3, duplicateAcrossEpochs: 1 })
  })

  it('distinguish late from delivered, in order or not', () => {
    const history = new History(4)
    const [log] = history.logs
    history.publishAll()
    log!.sent(0, 1, 2.75 * SECOND)
    log!.sent(0, 3, 3 * SECOND)
    log!.sent(0, 2, 4.5 * SECOND)
    log!.sent(0, 4, 6.5 * SECOND)
    const { total, byNode, closestMicros } = history.expected()
    expect(total).toMatchObject({ due: 4, delivered: 2, late: 2, reordered: 1 })
    expect(byNode.n1).toMatchObject({ delivered: 2, late: 2 })
    // Message 1 was sent 0.25 s before it was late.
    expect(closestMicros).toBe(0.25 * SECOND)
  })

  it('an unacked message is due to all subscribers if one received it, and otherwise to none', () => {
    const history = new History(3, 2)
    history.publish(1, false)
    history.publish(2, false)
    history.logs[1]!.sent(0, 2, 2 * SECOND)
    const { total, published } = history.expected()
    expect(published).toEqual({ sent: 2, acked: 0, failed: 1, refused: 0, unacked: 1, unackedDelivered: 1 })
    expect(total).toMatchObject({ due: 2, delivered: 1, lostInFlight: 1 })
  })

  it('count what was corrupted or cut, of all subscribers', () => {
    const history = new History(2, 2)
    history.publishAll()
    for (const log of history.logs) log.sent(0, 1, 1 * SECOND)
    history.logs[0]!.corrupted = 1
    for (const log of history.logs) log.malformed = 1
    const { total, corrupted, malformed } = history.expected()
    expect({ corrupted, malformed }).toEqual({ corrupted: 1, malformed: 2 })
    expect(total).toMatchObject({ due: 4, delivered: 2 })
  })

  it('include the shortest time from a class boundary to a message', () => {
    const history = new History(4)
    history.publishAll()
    history.logs[0]!.disconnected(3.25 * SECOND)
    // Message 2 was sent 0.75 s after the disconnect less the grace period, message 4 0.75 s after the disconnect.
    expect(history.expected().closestMicros).toBe(0.75 * SECOND)
  })
})
