import { describe, expect, it } from 'vitest'
import { createProtocol, type ProtocolName, protocols } from '../../protocols/index.js'
import { emptyTag, encodePayload, readTag } from '../../protocols/tag.js'
import { recordingPeer } from '../../protocols/testing/recording-peer.js'
import { Bodies } from './bodies.js'

const SIZE_BYTES = 200
const header = {
  run: 7,
  publisher: 3,
  channel: 0,
  sequence: 41,
  plannedMicros: 1_234_567,
  sentMicros: 2_345_678,
}
const payload = encodePayload(header, SIZE_BYTES)
const last = payload.length - 1
const bodies = new Bodies({ protocol: { kind: 'json', options: {} } })

/** Of the first tag in a frame. */
function isIntact(frame: string | Buffer, checker = bodies, sizeBytes = SIZE_BYTES): boolean {
  const bytes = Buffer.from(frame as string)
  const tag = emptyTag()
  const end = readTag(bytes, 0, tag)
  expect(tag).toEqual(header)
  return checker.isIntact(bytes, end, tag, sizeBytes)
}

const changes: Record<string, (text: string) => string> = {
  'with a changed byte at its end': (text) => `${text.slice(0, last)}X`,
  'with a changed byte behind the tag': (text) => text.replace(/\.[a-d]([a-d]+)$/, '.X$1'),
  'cut at its end': (text) => text.slice(0, -1),
  'cut behind its tag': (text) => text.replace(/\.[a-d]+$/, '.'),
  'cut within': (text) => text.slice(0, 100) + text.slice(101),
  'lengthened at its end': (text) => `${text}x`,
  'lengthened within': (text) => `${text.slice(0, 100)}${text.slice(90)}`,
}

/** What the server is told before a client of the protocol may publish. */
const greetings: Partial<Record<ProtocolName, Buffer | string>> = {
  mqtt: Buffer.from([0x20, 2, 0, 0]),
  'socket.io': '40{}',
}

function framesOf(kind: ProtocolName, text: string): Buffer[] {
  const peer = recordingPeer([])
  const options = protocols[kind].options.parse({}) as unknown as Readonly<Record<string, unknown>>
  const conversation = createProtocol(kind, options).start(peer)
  const greeting = greetings[kind]
  if (typeof greeting === 'string') conversation.text?.(greeting)
  else if (greeting) conversation.binary?.(greeting)
  expect(conversation.publish({ channel: 'room', payload: text, sequence: 41 })).toBe(true)
  return [...peer.sent.map((frame) => Buffer.from(frame)), ...peer.sentBytes]
}

describe.each(Object.keys(protocols) as ProtocolName[])('the body of a message of %s', (kind) => {
  const checker = new Bodies({ protocol: { kind, options: protocols[kind].options.parse({}) as never } })
  const frameWith = (text: string): Buffer => framesOf(kind, text).find((frame) => frame.includes('wsb1.'))!

  it('is intact as it was sent', () => {
    expect(isIntact(frameWith(payload), checker)).toBe(true)
  })

  it.each(Object.keys(changes))('is not intact %s', (change) => {
    expect(isIntact(frameWith(changes[change]!(payload)), checker)).toBe(false)
  })
})

it.each([
  ['serialised again', JSON.stringify({ at: 1, data: { text: payload, room: 'a' } }, null, 2)],
  ['serialised within a string', JSON.stringify({ data: JSON.stringify({ text: payload }) })],
  ['in other keys and order', JSON.stringify([['said', { body: payload, from: 'p3' }], 'wsbench'])],
  ['in a sentence', `p3 said: ${payload} (at 12:00)`],
  ['with another part behind a dash', `${payload}-17`],
  ['in a URL', `https://host/say?text=${encodeURIComponent(payload)}&room=1`],
  ['repeated as a preview behind', JSON.stringify({ text: payload, preview: payload.slice(0, 80) })],
  ['repeated as a preview before', JSON.stringify({ preview: payload.slice(0, 80), text: payload })],
])('is intact %s by the server', (_how, frame) => {
  expect(isIntact(frame)).toBe(true)
})

it('is not intact if another message of the frame is', () => {
  const other = encodePayload({ ...header, sequence: 42 }, SIZE_BYTES)
  expect(isIntact(JSON.stringify([payload.slice(0, -1), other]))).toBe(false)
})

it('belongs to one message only', () => {
  const other = encodePayload({ ...header, sequence: 42 }, SIZE_BYTES)
  const tokenLength = payload.lastIndexOf('.') + 1
  expect(isIntact(payload.slice(0, tokenLength) + other.slice(tokenLength))).toBe(false)
})

it('of a tag that is as long as the size has no filler', () => {
  const token = encodePayload(header, 0)
  expect(isIntact(`"${token}"`, bodies, 10)).toBe(true)
  expect(isIntact(`"${token}x"`, bodies, 10)).toBe(false)
})

it('is not judged by what follows where a template has text right behind the payload', () => {
  const options = { publish: 'SAY {payload}{channel}' }
  const checker = new Bodies({ protocol: { kind: 'json', options } })
  expect(isIntact(`${payload}room`, checker)).toBe(true)
  expect(isIntact(`${payload.slice(0, -1)}Xroom`, checker)).toBe(false)
})

it("is not checked in a user's module", () => {
  const checker = new Bodies({ protocol: { kind: 'module', options: {} } })
  expect(isIntact(encodePayload(header, 0), checker)).toBe(true)
})
