import { expect, it, vi } from 'vitest'
import type { Tick } from '../results/worker-records.js'
import { Guard } from './guard.js'

function guardOf(safety: { abortBelowShare: number | null; maxDurationMs: number | null }) {
  const stop = vi.fn()
  const clients = { count: 100 } as ConstructorParameters<typeof Guard>[0]['clients']
  return { guard: new Guard({ safety, clients, workers: 2 }, stop), stop }
}

const tick = (connected: number) => ({ connected }) as Tick

it('stops once, when too few are connected of all workers together, and only while it watches', () => {
  const { guard, stop } = guardOf({ abortBelowShare: 0.5, maxDurationMs: null })
  guard.onTick(0, tick(0))
  guard.onTick(1, tick(0))
  guard.watch()
  guard.onTick(0, tick(50))
  expect(stop).not.toHaveBeenCalled()
  guard.onTick(1, tick(10))
  guard.onTick(0, tick(20))
  guard.onTick(0, tick(10))
  expect(stop).toHaveBeenCalledTimes(1)
  expect(guard.reason).toBe('only 30% of the clients were connected')
})

it('stops when the time is over, unless the run ended before', () => {
  vi.useFakeTimers()
  const { guard, stop } = guardOf({ abortBelowShare: null, maxDurationMs: 1_000 })
  const ended = guardOf({ abortBelowShare: null, maxDurationMs: 1_000 })
  ended.guard.end()
  vi.advanceTimersByTime(1_001)
  vi.useRealTimers()
  expect([stop.mock.calls.length, ended.stop.mock.calls.length]).toEqual([1, 0])
  expect(guard.reason).toBe('it took longer than 1 s')
})
