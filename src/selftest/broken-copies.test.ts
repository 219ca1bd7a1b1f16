import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { HEADER_BYTES, writePublish } from '../protocols/reference.js'
import { CloseLog } from './close-log.js'
import type { Script, Treatment } from './script.js'
import { Stream } from './stream.js'
import { Subscriber } from './subscriber.js'

const SIZE_BYTES = 96

/** A subscriber whose messages are treated so, in turn; what it was sent. */
function treated(...treatments: Treatment[]) {
  const receipts = treatments.map(() => ({ ack: 'once', reach: 'all' }) as const)
  const stream = new Stream(0, 0, 'single', receipts)
  const script = {
    messages: treatments.length,
    treatmentOf: (_slot: number, sequence: number) => treatments[sequence - 1],
    drawOf: () => 0.5,
  } as unknown as Script
  const sent: Buffer[] = []
  const send = (data: Buffer | string): void => void (typeof data === 'string' || sent.push(data))
  const subscriber = new Subscriber(script, [stream], { channel: 1, publisher: 1 }, new CloseLog())
  subscriber.request({ send } as unknown as WebSocket, 'n1', false)
  for (const index of treatments.keys()) {
    const publish = Buffer.alloc(SIZE_BYTES)
    const times = { plannedMicros: 1, sentMicros: 1 }
    writePublish(publish, 0, { run: 1, publisher: 0, channel: 0, sequence: index + 1, ...times })
    subscriber.take(0, stream.take(publish), true)
  }
  return { log: subscriber.log, sent, stream }
}

it('sends a corrupted copy with its header, and logs it as sent', () => {
  const { log, sent, stream } = treated('corrupt', 'deliver')
  const [corrupted, whole] = sent as [Buffer, Buffer]
  expect(corrupted.equals(stream.frame(1))).toBe(false)
  expect(corrupted.subarray(0, HEADER_BYTES)).toEqual(stream.frame(1).subarray(0, HEADER_BYTES))
  expect(whole).toEqual(stream.frame(2))
  expect([log.wasSent(0, 1), log.corrupted, log.malformed, log.unexpected]).toEqual([true, 1, 0, 0])
})

it('sends the beginning of a header, and logs the message as not sent', () => {
  const { log, sent, stream } = treated('cut', 'deliver')
  expect(sent[0]!.length).toBeLessThan(HEADER_BYTES)
  expect(stream.frame(1).subarray(0, sent[0]!.length)).toEqual(sent[0])
  expect([log.wasSent(0, 1), log.corrupted, log.malformed, log.unexpected]).toEqual([false, 0, 1, 0])
})
