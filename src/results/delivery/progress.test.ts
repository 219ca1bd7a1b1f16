import { expect, test } from 'vitest'
import type { Copy } from './copy.js'
import { SubscriptionLayout } from './layout.js'
import { DeliveryTracker } from './tracker.js'

/** One client, subscribed to the one publisher's channel. */
function tracker(): DeliveryTracker {
  const group = {
    name: 'scores',
    firstChannel: 0,
    count: 1,
    members: 1,
    firstPublisher: 0,
    publishers: 1,
    via: 'client',
    echoes: true,
    rateHz: 1,
    arrival: 'constant',
    sizeBytes: 64,
  } as const
  const spans = [{ name: 'steady', startMs: 0, endMs: 1_000 }]
  const made = new DeliveryTracker(new SubscriptionLayout(1, [group], 0, 1), spans, 5, 100)
  made.setMeasureStart(0)
  made.beginEpoch(0, 100, 0)
  return made
}

/** Of the message that was sent at 1000 · `sequence`. */
function copy(sequence: number): Copy {
  const sentMicros = 1_000 * sequence
  const when = { plannedMicros: sentMicros, sentMicros, receivedMicros: sentMicros }
  return { client: 0, channel: 0, publisher: 0, sequence, ...when, isOnLeft: false }
}

test('what a later message overtook is missing, until it comes', () => {
  const one = tracker()
  for (const sequence of [1, 2, 6]) one.receive(copy(sequence))
  expect(one.progress()).toEqual({
    missing: 3,
    missingAcrossDisconnects: 0,
    replayed: 0,
    reordered: 0,
    duplicates: 0,
    unexpected: 0,
  })
  one.receive(copy(4))
  one.receive(copy(4))
  expect(one.progress()).toEqual({
    missing: 2,
    missingAcrossDisconnects: 0,
    replayed: 0,
    reordered: 1,
    duplicates: 1,
    unexpected: 0,
  })
})

test('what the first copy after a break left out is told apart, until it comes', () => {
  const one = tracker()
  for (const sequence of [1, 3]) one.receive(copy(sequence))
  one.endEpoch(0, 3_500)
  one.beginEpoch(0, 6_500, 0)
  one.receive(copy(8))
  expect(one.progress()).toMatchObject({ missing: 5, missingAcrossDisconnects: 4 })
  // Sent while it was away, and after it was back.
  one.receive(copy(5))
  expect(one.progress()).toMatchObject({ missing: 4, missingAcrossDisconnects: 3, replayed: 1 })
  one.receive(copy(7))
  expect(one.progress()).toMatchObject({ missing: 3, missingAcrossDisconnects: 3, reordered: 1 })
  for (const sequence of [2, 4, 6]) one.receive(copy(sequence))
  expect(one.progress()).toMatchObject({ missing: 0, missingAcrossDisconnects: 0 })
})

test('what came before the first copy may not have been due', () => {
  const one = tracker()
  one.receive(copy(5))
  one.unexpected()
  expect(one.progress()).toMatchObject({ missing: 0, unexpected: 1 })
})
