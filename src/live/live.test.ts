import { PassThrough } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { nowMicros } from '../base/clock.js'
import { TerminalOutput } from '../base/terminal-output.js'
import { sampleRecord } from '../results/testing/sample-record.js'
import { Live } from './live.js'

afterEach(() => {
  vi.useRealTimers()
})

function inLog(stream: PassThrough) {
  const output = new TerminalOutput(() => stream as unknown as NodeJS.WriteStream)
  return { output, isTerminal: false, color: false }
}

test('shows the ticks of a later worker before those of the first, each line with its title', () => {
  const stream = new PassThrough()
  const { plan, ticks } = sampleRecord()
  const live = new Live(plan, { ...inLog(stream), title: '2/6 nginx:cookie: ' })
  live.observer.onTick(1, { ...ticks[1]!.at(-1)!, atMicros: nowMicros() })
  live.observer.onStage('connect')
  live.end()
  expect(String(stream.read())).toMatch(/^2\/6 nginx:cookie: connecting · 4,975 of 10,000 connected/)
})

test('writes a line to a log when the phase changes, else every minute', () => {
  vi.useFakeTimers()
  const stream = new PassThrough()
  let micros = 0
  const { plan } = sampleRecord()
  const live = new Live(plan, inLog(stream), () => micros)
  /** The phases of the lines written in this time. */
  const writtenWithin = (ms: number): string[] => {
    for (let passed = 0; passed < ms; passed += 100) {
      micros += 100_000
      vi.advanceTimersByTime(100)
    }
    const lines = String(stream.read() ?? '').split('\n')
    return lines.slice(0, -1).map((line) => line.split(' ')[0]!)
  }
  expect(writtenWithin(60_000)).toEqual(['starting'])
  expect(writtenWithin(100)).toEqual(['starting'])
  expect(writtenWithin(59_900)).toEqual([])
  live.observer.onStage('connect')
  expect(writtenWithin(59_900)).toEqual(['connecting'])
  expect(writtenWithin(180_100)).toEqual(['connecting', 'connecting', 'connecting', 'connecting'])
  live.end()
  expect(writtenWithin(120_000)).toEqual([])
})
