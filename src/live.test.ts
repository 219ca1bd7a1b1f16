import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { nowMicros } from './clock.js'
import { Live } from './live.js'
import { sampleRecord } from './results/testing/sample-record.js'

test('shows what there is when a later worker speaks before the first, each line under its title', () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream
  const { plan, ticks } = sampleRecord()
  const live = new Live(plan, { stream, isTerminal: false, color: false, title: '2/6 nginx:cookie: ' })
  live.onTick(1, { ...ticks[1]!.at(-1)!, atMicros: nowMicros() })
  live.onStage('connect')
  live.end()
  expect(String(stream.read())).toMatch(/^2\/6 nginx:cookie: connecting · 4,975 of 10,000 connected/)
})
