import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Live } from './live.js'
import { samplePlan } from './results/testing/sample-plan.js'
import { sampleRecord } from './results/testing/sample-record.js'

test('a worker heard of before those of lower numbers is shown alone', () => {
  const stream = new PassThrough()
  const live = new Live(samplePlan(), stream as unknown as NodeJS.WriteStream, false)
  live.onTick(1, sampleRecord().ticks[1]![20]!)
  live.onStage('settle')
  live.end()
  expect(String(stream.read())).toContain('settling · 5,000 of 10,000 connected')
})
