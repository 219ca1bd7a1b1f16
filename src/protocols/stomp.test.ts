import { FrameImpl, type IRawFrameType, Parser } from '@stomp/stompjs'
import { expect, it } from 'vitest'
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
  conversation.open?.()
  conversation.text?.('CONNECTED\r\nversion:1.2\r\n\r\n\0\n')
  conversation.text?.('RECEIPT\nreceipt-id:s0\n\n\0')
  expect(peer.isReady).toBe(true)
  conversation.publish({ channel: 'a:1', payload: 'wsb1.x', sequence: 7 })
  conversation.message?.(
    Buffer.from('MESSAGE\ndestination:x\n\nRECEIPT wsb1.\0\nRECEIPT\nx:y\nreceipt-id:p7\n\n\0'),
  )
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
  conversation.text?.('CONNECTED\nversion:1.2\n\n\0')
  expect(peer.log).toEqual(['send SUBSCRIBE\nid:s0\ndestination:/topic/a\nack:auto\n\n\0', 'ready false'])
})

it('fails on an ERROR', () => {
  const peer = recordingPeer(['a'])
  converse('stomp', {}, peer).text?.('ERROR\nmessage:no\n\nno\0')
  expect(peer.log).toEqual(['fail'])
})
