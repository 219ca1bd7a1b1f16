import { validateMessage } from 'graphql-ws'
import { expect, it } from 'vitest'
import { converse } from './testing/converse.js'
import { recordingPeer } from './testing/recording-peer.js'

const kind = 'graphql-transport-ws'

it('sends what the official library accepts, is ready after its probe, and is acked by the mutation', () => {
  const peer = recordingPeer(['a', 'b'])
  const conversation = converse(kind, { init: { key: 'k' } }, peer)
  conversation.open?.()
  conversation.text?.('{"type":"connection_ack"}')
  conversation.text?.('{"type":"ping"}')
  expect(peer.isReady).toBe(false)
  conversation.text?.('{"id":"probe","type":"next","payload":{"data":{"__typename":"Query"}}}')
  expect(peer.isReady).toBe(true)
  conversation.publish({ channel: 'a', payload: 'wsb1.x', sequence: 7 })
  conversation.text?.('{"id":"m7","type":"next","payload":{"data":{"publish":true}}}')
  conversation.text?.('{"id":"m7","type":"complete"}')
  conversation.text?.('{"id":"m8","type":"next","payload":{"data":null,"errors":[{}]}}')
  conversation.text?.('{"id":"m9","type":"error","payload":[{}]}')
  expect(peer.log.filter((line) => !line.startsWith('send'))).toEqual([
    'ready false',
    'acked 7',
    'refused 8 {}',
    'refused 9 {}',
  ])
  const messages = peer.sent.map((text) => validateMessage(JSON.parse(text)))
  expect(messages).toMatchObject([
    { type: 'connection_init', payload: { key: 'k' } },
    { type: 'subscribe', id: 's0', payload: { variables: { channel: 'a' } } },
    { type: 'subscribe', id: 's1', payload: { variables: { channel: 'b' } } },
    { type: 'subscribe', id: 'probe', payload: { query: '{ __typename }' } },
    { type: 'pong' },
    { type: 'subscribe', id: 'm7', payload: { variables: { channel: 'a', text: 'wsb1.x' } } },
  ])
})

it('is ready by the server’s confirmations, if `subscribed` is set', () => {
  const peer = recordingPeer(['a', 'b'])
  const conversation = converse(kind, { subscribed: '"joined":"{channel}"' }, peer)
  conversation.text?.('{"type":"connection_ack"}')
  conversation.text?.('{"id":"s1","type":"next","payload":{"data":{"joined":"b"}}}')
  expect(peer.isReady).toBe(false)
  conversation.text?.('{"id":"s0","type":"next","payload":{"data":{"joined":"a"}}}')
  expect(peer.isReady).toBe(true)
})

it.each([
  [
    '{"id":"s0","type":"error","payload":[{"message":"no field a"},{"message":"nor b"}]}',
    'no field a; nor b',
  ],
  ['{"id":"s0","type":"next","payload":{"errors":[{"message":"Forbidden"}]}}', 'Forbidden'],
  ['{"id":"s0","type":"complete"}', 'the subscription was completed'],
])('fails on %s, in the words of the server', (frame, words) => {
  const peer = recordingPeer(['a'])
  converse(kind, {}, peer).text?.(frame)
  expect(peer.log).toEqual([`fail ${words}`])
})
