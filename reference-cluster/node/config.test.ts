import { expect, test } from 'vitest'
import { nodeConfig } from './config.js'
import type { NodeConfig } from './contract.js'

const sound: NodeConfig = {
  id: 'n1',
  index: 0,
  host: '127.0.0.1',
  port: 0,
  bridge: 'redis-pubsub',
  brokerUrl: 'redis://127.0.0.1:6379',
  brokerPatienceMs: 10_000,
  drain: { mode: 'close', windowMs: 1_000 },
  maxBacklogBytes: 1_000,
}

test('accepts a valid configuration unchanged', () => {
  expect(nodeConfig.parse(sound)).toEqual(sound)
})

test.each([
  ['an unknown bridge', { bridge: 'carrier-pigeon' }],
  ['a bridge without its broker', { brokerUrl: null }],
  ['a broker that the bridge does not need', { bridge: 'none' }],
  ['no patience with the broker', { brokerPatienceMs: 0 }],
  ['a broker of another kind', { brokerUrl: 'http://127.0.0.1' }],
  ['an id with a line break', { id: 'n1\r\nx: y' }],
  ['the index that means "no node"', { index: 0xffff }],
  ['an unknown key', { colour: 'red' }],
])('rejects %s', (_what, changes) => {
  expect(nodeConfig.safeParse({ ...sound, ...changes }).success).toBe(false)
})
