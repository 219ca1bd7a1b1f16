import { FrameImpl, type IRawFrameType, Parser } from '@stomp/stompjs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyTag, encodePayload, readTag } from './tag.js'
import { converse } from './testing/converse.js'
import { recordingPeer } from './testing/recording-peer.js'

/** The frames that the official parser reads from ours. */
function parse(frames: readonly string[]): FrameImpl[] {
  const raw: IRawFrameType[] = []
  const parser = new Parser(
    (frame) => raw.push(frame),
    () => {},
  )
  for (const frame of frames) parser.parseChunk(frame)
  return raw.map((frame) => FrameImpl.fromRawFrame(frame, true))
}

it('connects, subscribes, sends and reads receipts, with frames that the official parser reads', () => {
  const peer = recordingPeer(['a:1'])
  const conversation = converse(
    'stomp',
    { login: 'ann', passcode: 'a:b', body: { text: '{payload}ü' } },
    peer,
  )
  const feed = (frames: string) => conversation.stream?.(Buffer.from(frames), true)
  conversation.open?.()
  feed('CONNECTED\r\nversion:1.2\r\n\r\n\0\n')
  feed('RECEIPT\nreceipt-id:s0\n\n\0')
  expect(peer.isReady).toBe(true)
  conversation.publish({ channel: 'a:1', payload: 'wsb1.x', sequence: 7 })
  feed('MESSAGE\ndestination:x\n\nRECEIPT wsb1.\0\nRECEIPT\nx:y\nreceipt-id:p7\n\n\0')
  expect(peer.log.at(-1)).toBe('acked 7')
  expect(parse(peer.sent)).toMatchObject([
    { command: 'CONNECT', headers: { 'accept-version': '1.2', host: '/', login: 'ann', passcode: 'a:b' } },
    { command: 'SUBSCRIBE', headers: { id: 's0', destination: '/topic/a:1', ack: 'auto', receipt: 's0' } },
    {
      command: 'SEND',
      headers: { destination: '/topic/a:1', 'content-type': 'application/json', receipt: 'p7' },
      body: '{"text":"wsb1.xü"}',
    },
  ])
})

it('without receipts it is ready once SUBSCRIBE is sent', () => {
  const peer = recordingPeer(['a'])
  const conversation = converse('stomp', { receipts: false }, peer)
  conversation.stream?.(Buffer.from('CONNECTED\nversion:1.2\n\n\0'), true)
  expect(peer.log).toEqual(['send SUBSCRIBE\nid:s0\ndestination:/topic/a\nack:auto\n\n\0', 'ready false'])
})

it('fails on an ERROR', () => {
  const peer = recordingPeer(['a'])
  converse('stomp', {}, peer).stream?.(Buffer.from('ERROR\nmessage:Bad CONNECT\n\nAccess refused\n\0'), true)
  expect(peer.log).toEqual(['fail ERROR: Bad CONNECT; Access refused'])
})

it('reads the same as the official parser, wherever WebSocket messages are cut', () => {
  const message = (sequence: number, headers: string, before = '') => {
    const tag = { run: 7, publisher: 0, channel: 0, sequence, plannedMicros: 1, sentMicros: 2 }
    const body = before + encodePayload(tag, 100)
    return `MESSAGE\nsubscription:s0\n${headers.replace('LENGTH', String(Buffer.byteLength(body)))}\n${body}\0`
  }
  const frames = [
    'CONNECTED\r\nversion:1.2\r\n\r\n\0\n',
    message(1, ''),
    '\n\r\nRECEIPT\nreceipt-id:s0\n\n\0',
    message(2, 'content-length:LENGTH\n', 'ä\0\n\n'),
    message(3, 'x-content-length:1\n'),
    message(3, 'content-length:LENGTH\n'),
    'RECEIPT\nreceipt-id:p7\n\n\0\n',
  ]
  const bytes = Buffer.from(frames.join(''))
  const commands = parse([frames.join('')]).map(({ command }) => command)
  expect(commands).toEqual(['CONNECTED', 'MESSAGE', 'RECEIPT', 'MESSAGE', 'MESSAGE', 'MESSAGE', 'RECEIPT'])
  const check = (cuts: readonly number[]) => {
    const peer = recordingPeer(['a'])
    const conversation = converse('stomp', {}, peer)
    const sequences: number[] = []
    const handle = peer.packet
    peer.packet = (packet) => {
      const tag = emptyTag()
      if (readTag(packet, 0, tag) >= 0) sequences.push(tag.sequence)
      handle(packet)
    }
    const edges = [0, ...cuts.toSorted((left, right) => left - right), bytes.length]
    for (const [index, edge] of edges.slice(1).entries())
      conversation.stream?.(bytes.subarray(edges[index], edge), true)
    expect(sequences).toEqual([1, 2, 3, 3])
    expect(peer.log.filter((line) => !line.startsWith('send'))).toEqual(['ready false', 'acked 7'])
  }
  for (let cut = 0; cut <= bytes.length; cut += 1) check([cut])
  fc.assert(fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), check), { numRuns: 300 })
})

it.each([
  ['of another length than it says', 'MESSAGE\ncontent-length:2\n\nabcd\0', 1002],
  ['of no length', 'MESSAGE\ncontent-length:many\n\nabcd\0', 1002],
  ['that never ends', 'x'.repeat((1 << 20) + 65_537), 1009],
])('refuses a frame %s', (_, frame, code) => {
  const peer = recordingPeer(['a'])
  converse('stomp', {}, peer).stream?.(Buffer.from(frame), true)
  expect(peer.log).toEqual([expect.stringMatching(`^violated ${code} `)])
})
