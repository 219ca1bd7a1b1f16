import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { nowMicros } from '../src/base/clock.js'
import type { LatencySummary } from '../src/results/result.js'
import { type Copy, DelayingServer, type Span } from './support/delaying-server.js'
import { runAgainst } from './support/run-against.js'

/** A histogram's figure is at most this far from what was recorded. */
const RESOLUTION = 1.001

/** A busy scheduler's turn, which a worker with data to read may have to wait for. */
const TURN_MICROS = 10_000

let server: DelayingServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

/** The smallest value that at least `percent` % of all do not exceed. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!
}

/** What a noisy machine may add between the server's write and the client's stamp. */
function slack(micros: number): number {
  return Math.max(2_000, 0.05 * micros)
}

describe.each([200, 5_000, 50_000, 500_000])('a server that is late by %i µs', (delayMicros) => {
  it('is found to be just that late', async () => {
    server = await DelayingServer.start(delayMicros)
    let measureMicros = 0
    const result = await runAgainst({
      port: server.port,
      clients: 10,
      rateHz: 50,
      measureMs: 4_000,
      onStart: (micros) => {
        measureMicros = micros
      },
    })
    const { fromPlannedSend, service } = result.latency
    const lagMicros = result.generator.workers[0]!.eventLoopLagP99Micros
    const copies = (await server.copies()).filter(({ sentMicros }) => sentMicros >= measureMicros)
    const truth = (since: (copy: Copy) => number, percent: number) =>
      percentile(
        copies.map((copy) => copy.writtenMicros - since(copy)),
        percent,
      )
    const sent = (copy: Copy) => copy.sentMicros
    const meant = (copy: Copy) => copy.plannedMicros

    // 50/s for 4 s to 10 clients; one more message where the last of the warm-up was late.
    expect(Math.abs(copies.length - 2_000)).toBeLessThanOrEqual(10)
    expect([service.count, fromPlannedSend.count]).toEqual([copies.length, copies.length])
    expect(result.latency.negative).toBe(0)

    console.info(
      `late by ${delayMicros} µs, service time p50/p99, µs: server wrote at ` +
        `${Math.round(truth(sent, 50))}/${Math.round(truth(sent, 99))}, wsbench says ${service.p50}/${service.p99}`,
    )
    expectWithin(service.p50, delayMicros, slack(delayMicros))
    for (const [summary, since] of [
      [service, sent],
      [fromPlannedSend, meant],
    ] as const) {
      expectWithin(summary.p50, truth(since, 50), slack(delayMicros))
      expectWithin(summary.p99, truth(since, 99), slack(delayMicros) + lagMicros + TURN_MICROS)
      expectWithin(summary.min, truth(since, 0), slack(delayMicros))
    }
  })
})

describe('a stall at a fixed rate', () => {
  const rateHz = 100
  const measureMs = 10_000

  /** Latencies of a constant rate of which all that is due in `stall` waits for its end; nothing else waits. */
  function expected(measureMicros: number, { fromMicros, untilMicros }: Span): number[] {
    const interval = 1e6 / rateHz
    return Array.from({ length: (measureMs / 1000) * rateHz }, (_, index) => {
      const dueMicros = measureMicros + (index + 0.5) * interval
      return dueMicros < fromMicros ? 0 : Math.max(0, untilMicros - dueMicros)
    })
  }

  /** Within 10 %, and what a busy machine added. docs/latency.md shows what this prints. */
  function expectTail(
    name: string,
    summary: LatencySummary,
    { latencies, addedMicros }: { latencies: readonly number[]; addedMicros: number },
  ): void {
    const tail = { p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 } as const
    const figures = Object.entries(tail).map(([figure, percent]) => ({
      figure,
      wanted: percentile(latencies, percent),
      found: summary[figure as keyof typeof tail],
    }))
    const told = figures.map(({ figure, found, wanted }) => `${figure} ${ms(found)} (${ms(wanted)})`)
    console.info(`${name}, ms (by arithmetic): ${told.join(', ')}`)
    for (const { figure, found, wanted } of figures) {
      expect(found, figure).toBeGreaterThan(0.9 * wanted)
      expect(found, figure).toBeLessThan(1.1 * wanted + addedMicros)
    }
    expect(summary.p50).toBeLessThan(50_000)
  }

  it('of the server for 2 s: both latencies have the whole tail, and the run is not called into doubt', async () => {
    const own = await DelayingServer.start(0)
    server = own
    let measureMicros = 0
    let stalled: Promise<Span> | undefined
    const result = await runAgainst({
      port: own.port,
      clients: 10,
      rateHz,
      measureMs,
      onStart: (micros) => {
        measureMicros = micros
        stalled = until(micros + 3_000_000).then(() => own.stall(2_000))
      },
    })
    const latencies = expected(measureMicros, await stalled!)
    expect(percentile(latencies, 99)).toBeGreaterThan(1_800_000)
    expect(result.latency.fromPlannedSend.count).toBeGreaterThanOrEqual(10 * latencies.length)
    const truth = { latencies, addedMicros: result.generator.workers[0]!.eventLoopLagP99Micros }
    expectTail('server stalls, from planned send', result.latency.fromPlannedSend, truth)
    expectTail('server stalls, service time', result.latency.service, truth)
    // Nothing like the stall, however busy the machine.
    expect(result.latency.sendDelay.p99).toBeLessThan(500_000)
    expect(result.generator.workers[0]!.longestPauseMicros).toBeLessThan(1_000_000)
  })

  it('of the generator for 2.5 s: latency from the planned send time has it, service time has not, the run is invalid', async () => {
    server = await DelayingServer.start(0)
    let measureMicros = 0
    let stalled: Promise<Span> | undefined
    const result = await runAgainst({
      port: server.port,
      clients: 10,
      rateHz,
      measureMs,
      onStart: (micros) => {
        measureMicros = micros
        stalled = until(micros + 3_000_000).then(() => stopWorker(2_500))
      },
    })
    const latencies = expected(measureMicros, await stalled!)
    const truth = { latencies, addedMicros: result.latency.service.p99 }
    expectTail('worker stalls, from planned send', result.latency.fromPlannedSend, truth)
    expectTail('worker stalls, send delay', result.latency.sendDelay, truth)
    console.info(`worker stalls, service time, ms: p99 ${ms(result.latency.service.p99)}`)
    // Nothing like the stall, however busy the machine.
    expect(result.latency.service.p99).toBeLessThan(500_000)
    expect(result.verdict.outcome).toBe('invalid')
    const reasons = result.verdict.reasons.join('\n')
    expect(reasons).toMatch(/^longest event-loop stall 2\.\d+ s, bound 2\.00 s/m)
    expect(reasons).toMatch(/^event-loop lag p99 2\.\d+ s, bound 100 ms/m)
    expect(reasons).toMatch(/^generator delay p99 2\.\d+ s, bound 100 ms/m)
    expect(reasons).toMatch(/^sends late by more than an interval: [23]\d\.\d %, bound 1\.00 %/m)
  })
})

function ms(micros: number): number {
  return Math.round(micros / 1000)
}

/** `actual` is not below `least` and at most `slackMicros` above it. */
function expectWithin(actual: number, least: number, slackMicros: number): void {
  expect(actual).toBeGreaterThanOrEqual(Math.floor(least / RESOLUTION))
  expect(actual).toBeLessThanOrEqual((least + slackMicros) * RESOLUTION)
}

async function until(micros: number): Promise<void> {
  await sleep((micros - nowMicros()) / 1000)
}

/** SIGSTOP … SIGCONT to the one generator worker that this process has forked. */
async function stopWorker(ms: number): Promise<Span> {
  const [worker, ...others] = workers()
  if (worker === undefined || others.length > 0) throw new Error('expected one generator worker')
  const fromMicros = nowMicros()
  process.kill(worker, 'SIGSTOP')
  await sleep(ms)
  process.kill(worker, 'SIGCONT')
  return { fromMicros, untilMicros: nowMicros() }
}

function workers(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter(isOwnWorker).map(Number)
}

function isOwnWorker(pid: string): boolean {
  try {
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return (
      Number(parent) === process.pid &&
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('generator/worker.js')
    )
  } catch {
    // It ended while we looked.
    return false
  }
}
