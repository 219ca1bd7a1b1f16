import { expect, it } from 'vitest'
import { converse } from './testing/converse.js'
import { recordingPeer } from './testing/recording-peer.js'

const pub = (channel: string, offset: number) =>
  `{"push":{"channel":"${channel}","pub":{"data":"wsb1.","offset":${offset}}}}`

it('connects, subscribes, answers pings and publishes, with several replies in a frame', () => {
  const peer = recordingPeer(['a', 'b'])
  const conversation = converse('centrifugo', { channel: 'chat:{channel}', token: 't', recover: false }, peer)
  conversation.open?.()
  conversation.text?.('{"id":1,"connect":{"ping":25,"pong":true}}\n{}')
  conversation.text?.('{"id":2,"subscribe":{}}\n{"id":3,"subscribe":{}}\n')
  expect(peer.log).toEqual([
    'send {"id":1,"connect":{"token":"t"}}',
    'send {"id":2,"subscribe":{"channel":"chat:a"}}',
    'send {"id":3,"subscribe":{"channel":"chat:b"}}',
    'send {}',
    'ready false',
  ])
  conversation.publish({ channel: 'a', payload: 'wsb1.x', sequence: 7 })
  expect(peer.sent.at(-1)).toBe('{"id":10,"publish":{"channel":"chat:a","data":{"text":"wsb1.x"}}}')
  conversation.message?.(
    Buffer.from(`${pub('chat:a', 1)}\n{"id":10,"publish":{}}\n{"id":11,"error":{"code":103}}`),
  )
  expect(peer.log.slice(-2)).toEqual(['acked 7', 'refused 8 error 103: undefined'])
})

it('recovers from the last offset of each channel, and is recovered if all channels are', () => {
  const first = recordingPeer(['a', 'b'])
  const before = converse('centrifugo', {}, first)
  before.text?.('{"id":1,"connect":{}}')
  before.text?.('{"id":2,"subscribe":{"recoverable":true,"epoch":"e","offset":4}}')
  before.text?.('{"id":3,"subscribe":{"recoverable":true,"epoch":"f","offset":8}}')
  expect(first.log.at(-1)).toBe('ready false')
  before.message?.(Buffer.from(pub('a', 5)))
  const back = recordingPeer(['a', 'b'], first.memory)
  const after = converse('centrifugo', {}, back)
  after.text?.('{"id":1,"connect":{}}')
  expect(back.sent).toEqual([
    '{"id":2,"subscribe":{"channel":"a","recoverable":true,"recover":true,"epoch":"e","offset":5}}',
    '{"id":3,"subscribe":{"channel":"b","recoverable":true,"recover":true,"epoch":"f","offset":8}}',
  ])
  const missed = '"offset":5,"publications":[{"data":"wsb1.","offset":6},{"data":"wsb1.","offset":7}]'
  after.message?.(
    Buffer.from(`{"id":2,"subscribe":{"recoverable":true,"recovered":true,"epoch":"e",${missed}}}`),
  )
  expect(back.memory.get('offset a')).toBe('7')
  after.text?.('{"id":3,"subscribe":{"recoverable":true,"recovered":true,"epoch":"f","offset":8}}')
  expect(back.log.at(-1)).toBe('ready true')
})

it.each([
  ['{"id":1,"error":{"code":101,"message":"unauthorized"}}', 'error 101: unauthorized'],
  ['{"id":2,"error":{"code":103,"message":"permission denied"}}', 'error 103: permission denied'],
  [
    '{"push":{"channel":"a","unsubscribe":{"code":2500,"reason":"expired"}}}',
    'unsubscribed from a: 2500 expired',
  ],
])('gives up on %s, in the words of the server', (refusal, words) => {
  const peer = recordingPeer(['a'])
  converse('centrifugo', {}, peer).text?.(refusal)
  expect(peer.log).toEqual([`fail ${words}`])
})
