import { afterEach, expect, it, vi } from 'vitest'
import { converse } from './testing/converse.js'
import { recordingPeer } from './testing/recording-peer.js'

afterEach(() => {
  vi.useRealTimers()
})

it('joins, pushes and reads replies', () => {
  const peer = recordingPeer(['a'])
  const conversation = converse('phoenix', { join: { nick: 'x' } }, peer)
  conversation.open?.()
  conversation.message?.(
    Buffer.from('["j1","j1","room:a","phx_reply",{"status":"ok","response":{"latest":["wsb1."]}}]'),
  )
  conversation.publish({ channel: 'a', payload: 'wsb1.x', sequence: 7 })
  conversation.text?.('["j1","p7","room:a","phx_reply",{"status":"ok","response":{}}]')
  conversation.text?.('["j1","p8","room:a","phx_reply",{"status":"error","response":{}}]')
  conversation.close?.()
  expect(peer.log).toEqual([
    'send ["j1","j1","room:a","phx_join",{"nick":"x"}]',
    'ready false',
    'send ["j1","p7","room:a","new_msg",{"body":"wsb1.x"}]',
    'acked 7',
    'refused 8 {}',
  ])
})

it('a publisher joins with its first push', () => {
  const peer = recordingPeer([])
  const conversation = converse('phoenix', {}, peer)
  conversation.open?.()
  for (const sequence of [1, 2]) conversation.publish({ channel: 'a', payload: 'x', sequence })
  conversation.close?.()
  expect(peer.log).toEqual([
    'ready false',
    'send ["j1","j1","room:a","phx_join",{}]',
    'send ["j1","p1","room:a","new_msg",{"body":"x"}]',
    'send ["j1","p2","room:a","new_msg",{"body":"x"}]',
  ])
})

it('sends heartbeats while it is open', () => {
  vi.useFakeTimers()
  const peer = recordingPeer([])
  const conversation = converse('phoenix', {}, peer)
  conversation.open?.()
  vi.advanceTimersByTime(60_000)
  expect(peer.sent).toEqual(Array(2).fill('[null,"h","phoenix","heartbeat",{}]'))
  conversation.close?.()
  vi.advanceTimersByTime(60_000)
  expect(peer.sent).toHaveLength(2)
})

it.each([
  [
    '["j1","j1","room:a","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}]',
    'join refused: unauthorized',
  ],
  ['["j1","j1","room:a","phx_reply",{"status":"error","response":{"code":4}}]', 'join refused: {"code":4}'],
  ['["j1",null,"room:a","phx_error",{}]', 'phx_error'],
  ['["j1",null,"room:a","phx_close",{}]', 'phx_close'],
])('gives up on %s, in the words of the server', (refusal, words) => {
  const peer = recordingPeer(['a'])
  converse('phoenix', {}, peer).text?.(refusal)
  expect(peer.log).toEqual([`fail ${words}`])
})
