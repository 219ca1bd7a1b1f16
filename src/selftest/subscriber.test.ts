import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { HEADER_BYTES } from '../protocols/reference.js'
import type { CloseLog } from './close-log.js'
import type { Script, Treatment } from './script.js'
import type { Stream } from './stream.js'
import { Subscriber } from './subscriber.js'

/** A subscriber of one stream, and the sequences that it was sent, in order. */
function begin(treatments: readonly Treatment[]): { subscriber: Subscriber; sent: number[] } {
  const sent: number[] = []
  const script = { messages: 9, disconnects: [], treatmentOf: (_: number, s: number) => treatments[s - 1] }
  const frame = (sequence: number): Buffer => Buffer.alloc(HEADER_BYTES, sequence)
  const stream = { channel: 0, latest: 1, frame }
  const subscriber = new Subscriber(
    script as unknown as Script,
    [stream as unknown as Stream],
    { channel: 1, publisher: 1 },
    {} as CloseLog,
  )
  const send = (frame: Buffer | string): void => void (typeof frame !== 'string' && sent.push(frame[0]!))
  subscriber.request({ send } as unknown as WebSocket, 'n1', false)
  return { subscriber, sent }
}

/** What was sent by the middle of the interval after each message; `failed` ones are never published. */
function sentAfter(treatments: readonly Treatment[], failed: readonly number[] = []): string[] {
  const { subscriber, sent } = begin(treatments)
  return treatments.map((_, position) => {
    if (!failed.includes(position + 1)) subscriber.take(0, position + 1, true)
    subscriber.middle(position + 1)
    return sent.join('')
  })
}

it('sends a delayed message half an interval later, a late one after the grace period of two intervals', () => {
  expect(sentAfter(['late', 'delay', 'deliver', 'deliver'])).toEqual(['', '2', '231', '2314'])
})

it('sends a held message after the next one, or before the grace period can end, where the next one fails', () => {
  const treatments: readonly Treatment[] = ['hold', 'deliver', 'deliver']
  expect(sentAfter(treatments)).toEqual(['', '21', '213'])
  expect(sentAfter(treatments, [2])).toEqual(['', '1', '13'])
})

it('sends no unpublished copy while an earlier message is still to be sent', () => {
  const { subscriber } = begin(['late', 'deliver', 'deliver', 'deliver'])
  const unpublishedAfter = (sequence: number): number => {
    subscriber.take(0, sequence, true)
    subscriber.middle(sequence)
    subscriber.sendUnpublished(0, 9, Number.POSITIVE_INFINITY)
    return subscriber.log.unexpected
  }
  expect([1, 2, 3, 4].map(unpublishedAfter)).toEqual([0, 0, 1, 2])
})
