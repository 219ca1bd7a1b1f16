import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PartStats, readStats } from './part-stats.js'

const metrics = (rss: number, cpu: number) =>
  `process_resident_memory_bytes ${rss}\nprocess_cpu_seconds_total ${cpu}\n`

describe('reading Prometheus metrics', () => {
  it('reads the metrics of prom-client', async () => {
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    const stats = readStats(await registry.metrics())!
    expect(stats.rssBytes).toBeGreaterThan(10e6)
    expect(stats.rssBytes).toBeLessThan(10e9)
    expect(stats.cpuMicros).toBeGreaterThan(0)
  })

  it('adds up the series of several processes, and ignores metrics with longer names', () => {
    const text = [
      '# HELP process_resident_memory_bytes Resident memory size in bytes.',
      'process_resident_memory_bytes{pid="1",path="a } b"} 1e6 1395066363000',
      'process_resident_memory_bytes{pid="2"} 2000000\r',
      'process_resident_memory_bytes_max 9e9',
      'process_cpu_seconds_total\t1.5',
    ]
    expect(readStats(text.join('\n'))).toEqual({ rssBytes: 3_000_000, cpuMicros: 1_500_000 })
  })

  it.each([
    '',
    'process_resident_memory_bytes 5',
    metrics(Number.NaN, 1),
    metrics(5, -1),
    metrics(5, Number.POSITIVE_INFINITY),
  ])('is null for %j', (text) => expect(readStats(text)).toBeNull())
})

describe('a part with metrics', () => {
  let answer: { status: number; body: string }
  const server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body))
  let stats: PartStats
  beforeEach(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    stats = new PartStats('ws-1', { host: '127.0.0.1', port, path: '/metrics', tls: null })
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  it('has its CPU time counted from the first sample, and across a restart', async () => {
    const seen: unknown[] = []
    for (const [rss, cpu] of [
      [100, 7],
      [200, 7.5],
      [50, 0.25],
    ] as const) {
      answer = { status: 200, body: metrics(rss, cpu) }
      seen.push(await stats.sample())
    }
    expect(seen).toEqual([
      { part: 'ws-1', rssBytes: 100, cpuMicros: 0 },
      { part: 'ws-1', rssBytes: 200, cpuMicros: 500_000 },
      { part: 'ws-1', rssBytes: 50, cpuMicros: 750_000 },
    ])
  })

  it('has no sample while it does not answer', async () => {
    answer = { status: 500, body: metrics(1, 1) }
    expect(await stats.sample()).toBeNull()
  })

  it.each([
    [{ status: 404, body: '' }, /ws-1, at 127\.0\.0\.1:\d+: HTTP 404/],
    [{ status: 200, body: 'up 1' }, /no metrics process_resident_memory_bytes/],
    [{ status: 200, body: `${metrics(1, 1)}${'#'.repeat(9 << 20)}` }, /no answer/],
  ])('is refused before the run when the answer is unusable', async (unusable, message) => {
    answer = unusable
    await expect(stats.check()).rejects.toThrow(message)
  })
})
