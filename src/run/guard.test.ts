import { expect, it, vi } from 'vitest'
import type { Tick } from '../results/worker-records.js'
import { Guard } from './guard.js'

function guardOf(
  safety: { abortBelowShare: number | null; maxDurationMs: number | null },
  interrupt = new AbortController(),
) {
  const clients = { count: 100 } as ConstructorParameters<typeof Guard>[0]['clients']
  return new Guard({ safety, clients, workers: 2 }, interrupt.signal)
}

const tick = (connected: number) => ({ connected }) as Tick

it('stops the run once too few clients of all workers together are connected during traffic', () => {
  const guard = guardOf({ abortBelowShare: 0.5, maxDurationMs: null })
  guard.onTick(0, tick(0))
  guard.onTick(1, tick(0))
  guard.onStage('traffic')
  guard.onTick(0, tick(50))
  expect(guard.signal.aborted).toBe(false)
  guard.onTick(1, tick(10))
  guard.onTick(0, tick(20))
  guard.onTick(0, tick(10))
  expect(guard.signal.aborted).toBe(true)
  expect(guard.reason).toBe('only 30% of the clients were connected')
})

it('stops a run that takes too long, unless it has ended before', () => {
  vi.useFakeTimers()
  const guard = guardOf({ abortBelowShare: null, maxDurationMs: 1_000 })
  const ended = guardOf({ abortBelowShare: null, maxDurationMs: 1_000 })
  ended.end()
  vi.advanceTimersByTime(1_001)
  vi.useRealTimers()
  expect(guard.signal.aborted).toBe(true)
  expect([guard.reason, ended.reason]).toEqual(['it took longer than 1 s', null])
})

it('stops the run at an interrupt, for no reason of its own', () => {
  const interrupt = new AbortController()
  const guard = guardOf({ abortBelowShare: null, maxDurationMs: null }, interrupt)
  interrupt.abort()
  expect([guard.signal.aborted, guard.reason]).toEqual([true, null])
})
