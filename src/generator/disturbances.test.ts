import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Disturbable, Disturbances } from './disturbances.js'

/** 1,000 clients that record what is done to them, and when. */
function recordingClients(worker = 0, workers = 1) {
  const cuts: { client: number; offlineMs: number | null; atMs: number }[] = []
  const paused = new Set<number>()
  const startMs = Date.now()
  const clients: Disturbable = {
    count: 1000 / workers,
    globalOf: (client) => client * workers + worker,
    cut: (client, offlineMs) =>
      cuts.push({ client: client * workers + worker, offlineMs, atMs: Date.now() - startMs }) > 0,
    pause: (client) => paused.add(client).has(client),
    resume: (client) => paused.delete(client),
  }
  return { disturbances: new Disturbances(clients), cuts, paused }
}

vi.mock('../base/clock.js', () => ({ nowMicros: () => Date.now() * 1000 }))
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('churn cuts each client once in each period, never while it is offline, and nobody after its time, though the end is told late', () => {
  const { disturbances, cuts } = recordingClients()
  disturbances.begin('event#0', 7, { kind: 'churn', everyMs: 15_000, offlineMs: 2_000, forMs: 60_000 })
  vi.advanceTimersByTime(70_000)
  disturbances.end('event#0')
  vi.advanceTimersByTime(60_000)
  expect(cuts.length).toBe(4_000)
  expect(new Set(cuts.map(({ offlineMs }) => offlineMs))).toEqual(new Set([2_000]))
  for (let client = 0; client < 1000; client += 1) {
    const own = cuts.filter((cut) => cut.client === client).map(({ atMs }) => atMs)
    own.forEach((atMs, period) => {
      expect(atMs).toBeGreaterThanOrEqual(period * 15_000)
      expect(atMs).toBeLessThanOrEqual((period + 1) * 15_000 - 2_000 + 2)
    })
  }
})

it('churn stops when it is ended before its time', () => {
  const { disturbances, cuts } = recordingClients()
  disturbances.begin('event#0', 7, { kind: 'churn', everyMs: 15_000, offlineMs: 2_000, forMs: 60_000 })
  vi.advanceTimersByTime(15_000)
  disturbances.end('event#0')
  vi.advanceTimersByTime(60_000)
  expect(cuts.length).toBe(1_000)
})

it('churn spreads its cuts evenly over the period', () => {
  const { disturbances, cuts } = recordingClients()
  disturbances.begin('event#0', 7, { kind: 'churn', everyMs: 10_000, offlineMs: 0, forMs: 10_000 })
  vi.advanceTimersByTime(9_999)
  for (let second = 0; second < 10; second += 1) {
    const within = cuts.filter(({ atMs }) => Math.floor(atMs / 1000) === second).length
    expect(within).toBeGreaterThan(60)
    expect(within).toBeLessThan(140)
  }
})

it('cuts a share of the clients at once: the same ones for a seed, whatever the number of workers', () => {
  const cutOf = (seed: number, workers: number) =>
    Array.from({ length: workers }, (_, worker) => {
      const { disturbances, cuts } = recordingClients(worker, workers)
      disturbances.begin('event#0', seed, { kind: 'cut', share: 0.3 })
      expect(cuts.every(({ offlineMs }) => offlineMs === null)).toBe(true)
      return cuts.map(({ client }) => client)
    })
      .flat()
      .sort((one, other) => one - other)
  expect(cutOf(1, 1)).toEqual(cutOf(1, 4))
  expect(cutOf(1, 1)).not.toEqual(cutOf(2, 1))
  expect(cutOf(1, 1).length).toBeGreaterThan(250)
  expect(cutOf(1, 1).length).toBeLessThan(350)
})

it('stalls until it is ended, independently of other disturbances', () => {
  const { disturbances, paused } = recordingClients()
  disturbances.begin('event#0', 1, { kind: 'stall', share: 1 })
  expect(paused.size).toBe(1000)
  disturbances.end('event#1')
  expect(paused.size).toBe(1000)
  disturbances.end('event#0')
  expect(paused.size).toBe(0)
})

it('counts what it did to open connections only, by event', () => {
  const clients: Disturbable = {
    count: 10,
    globalOf: (client) => client,
    cut: (client) => client < 4,
    pause: (client) => client < 3,
    resume() {},
  }
  const disturbances = new Disturbances(clients)
  disturbances.begin('reconnect-storm#1', 1, { kind: 'cut', share: 1 })
  disturbances.begin('client-stall#1', 1, { kind: 'stall', share: 1 })
  expect([...disturbances.connections]).toEqual([
    ['reconnect-storm#1', 4],
    ['client-stall#1', 3],
  ])
})
