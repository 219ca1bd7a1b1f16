import { expect, test } from 'vitest'
import { nearest } from './nearest.js'

const words = ['latency.p99', 'latency.p999', 'balance', 'delivery.lost', 'node-kill']

test.each([
  ['latncy.p99', 'latency.p99'],
  ['latency.p9', 'latency.p99'],
  ['balacne', 'balance'],
  ['Delivery.Lost', 'delivery.lost'],
  ['latency.p999', 'latency.p999'],
  ['kill-node', 'node-kill'],
  ['KILL_NODE', 'node-kill'],
])('%s stands for %s', (word, meant) => {
  expect(nearest(word, words)).toBe(meant)
})

test('a word that is not similar to any of them stands for none', () => {
  expect(nearest('throughput', words)).toBeUndefined()
  expect(nearest('', words)).toBeUndefined()
  expect(nearest('balance', [])).toBeUndefined()
})
