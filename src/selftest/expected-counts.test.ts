import { describe, expect, it } from 'vitest'
import { HEADER_BYTES, writePublish } from '../protocols/reference.js'
import { DeliveryLog } from './delivery-log.js'
import { countExpected } from './expected-counts.js'
import type { ExpectedResult } from './expected-result.js'
import { Stream } from './stream.js'

const SECOND = 1_000_000
const plain = { ack: 'once', reach: 'all' } as const

/** One stream, message s sent at s seconds; a grace period of 2 s, and a phase `late` from 4 s on. */
class Story {
  readonly stream: Stream
  readonly books: DeliveryLog[]

  constructor(
    readonly messages: number,
    subscribers = 1,
  ) {
    this.stream = new Stream(
      0,
      0,
      'solo',
      Array.from({ length: messages }, () => plain),
    )
    this.stream.begin(SECOND, SECOND)
    this.books = Array.from({ length: subscribers }, () => new DeliveryLog(1, messages))
    for (const book of this.books) book.subscribed('n1', 0, false)
  }

  publish(sequence: number, isAcked = true): void {
    const publish = Buffer.alloc(HEADER_BYTES)
    const sentMicros = sequence * SECOND
    const header = { run: 1, publisher: 0, channel: 0, sequence, intendedMicros: sentMicros, sentMicros }
    writePublish(publish, 0, header)
    this.stream.take(publish)
    if (isAcked) this.stream.ack(sequence)
  }

  publishAll(): void {
    for (let sequence = 1; sequence <= this.messages; sequence += 1) this.publish(sequence)
  }

  truth(): ExpectedResult {
    return countExpected({
      rooms: [{ members: this.books.map((book) => ({ book })), streams: [this.stream] }],
      nodes: ['n1', 'n2'],
      groups: ['solo'],
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
      opened: this.books.length,
      closeCodes: {},
    })
  }
}

describe('the ledger', () => {
  it('tells lost in flight from at break from offline by send time', () => {
    const story = new Story(6)
    const [book] = story.books
    story.publishAll()
    book!.cut(4.5 * SECOND)
    book!.subscribed('n2', 5.5 * SECOND, false)
    book!.copied(0, 6)
    const { total, byNode, byPhase, affinity } = story.truth()
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

  it('calls lost in flight what a later message of its stream overtook on the connection', () => {
    const story = new Story(6)
    const [book] = story.books
    story.publishAll()
    book!.copied(0, 4)
    book!.cut(4.5 * SECOND)
    book!.subscribed('n1', 5.5 * SECOND, false)
    book!.copied(0, 6)
    expect(story.truth().total).toMatchObject({ due: 6, delivered: 2, lostInFlight: 3, lostWhileOffline: 1 })
  })

  it('lays on a claim of recovery what of the gap never came, and nothing else', () => {
    const story = new Story(6)
    const [book] = story.books
    story.publishAll()
    book!.cut(4.5 * SECOND)
    book!.subscribed('n1', 5.5 * SECOND, true)
    book!.copied(0, 4)
    const { total } = story.truth()
    expect(total).toMatchObject({
      due: 6,
      replayed: 1,
      lostInFlight: 3,
      falseRecovery: 2,
      lostOnDisconnect: 0,
    })
  })

  it('tells duplicates in an epoch from those across, and late from replayed', () => {
    const story = new Story(4)
    const [book] = story.books
    story.publishAll()
    for (const sequence of [2, 1, 2, 2]) book!.copied(0, sequence)
    book!.cut(3.5 * SECOND)
    book!.subscribed('n1', 3.7 * SECOND, false)
    for (const sequence of [4, 3, 3, 1]) book!.copied(0, sequence)
    const { total } = story.truth()
    expect(total).toMatchObject({ due: 4, delivered: 3, replayed: 1, reordered: 1 })
    expect(total).toMatchObject({ duplicateInEpoch: 3, duplicateAcrossEpochs: 1 })
  })

  it('is due to all what one received, to nobody what none did or was never sent', () => {
    const story = new Story(3, 2)
    story.publish(1, false)
    story.publish(2, false)
    story.books[1]!.copied(0, 2)
    const { total, published } = story.truth()
    expect(published).toEqual({ sent: 2, acked: 0, failed: 1, refused: 0, unacked: 1, unackedDelivered: 1 })
    expect(total).toMatchObject({ planned: 6, unpublished: 2, indeterminate: 2 })
    expect(total).toMatchObject({ due: 2, delivered: 1, lostInFlight: 1 })
  })

  it('knows how soon after an edge a message came', () => {
    const story = new Story(4)
    story.publishAll()
    story.books[0]!.cut(3.25 * SECOND)
    // Message 2 was within the grace period of the cut by 0.75 s, message 4 came 0.75 s after it.
    expect(story.truth().closestMicros).toBe(0.75 * SECOND)
  })
})
