import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { widthOf } from './fit.js'
import { type LiveState, liveLine, plainLine } from './progress.js'

const state: LiveState = {
  phase: 'node-kill#1',
  remainingMs: 71_200,
  connected: 47_500,
  target: 50_000,
  sentPerSecond: 40,
  receivedPerSecond: 199_800,
  latency: { p50: 1_240, p99: 312_000 },
  lastEvent: { id: 'node-kill#1', agoMs: 3_100 },
}

test('a log line tells all', () => {
  expect(plainLine(state)).toBe(
    'node-kill#1 1m 12s left · 47,500 of 50,000 connected · sent 40/s · received 200k/s · ' +
      'p50 1.24 ms, p99 312 ms · node-kill#1 3 s ago',
  )
})

test('what is not known yet is left out', () => {
  const connecting = { ...state, phase: 'connecting', remainingMs: null, latency: null, lastEvent: null }
  expect(plainLine(connecting)).toBe('connecting · 47,500 of 50,000 connected · sent 40/s · received 200k/s')
})

test('a terminal line overwrites the one before', () => {
  expect(liveLine(state, 200)).toBe(`\r\u001b[2K${plainLine(state)}`)
})

test('the least important fields give way', () => {
  const text = stripVTControlCharacters(liveLine(state, 80)).trim()
  expect(text).toBe('node-kill#1 1m 12s left · 47,500 of 50,000 connected · p50 1.24 ms, p99 312 ms')
})

test.each([1, 10, 20, 40, 60, 80, 100, 120, 160])('never as wide as %i columns', (columns) => {
  const text = liveLine(state, columns).replace('\r\u001b[2K', '')
  expect(widthOf(text)).toBeLessThan(Math.max(columns, 2))
})
