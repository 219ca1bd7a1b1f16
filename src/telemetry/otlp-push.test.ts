import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { packageVersion } from '../base/package-info.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { at, sampleRecord } from '../results/testing/sample-record.js'
import { LiveMetrics, liveMetricNames } from './live-metrics.js'
import { type OtlpPush, parseCollector, pushMetrics } from './otlp-push.js'
import { growing, resourceOf, seriesOf, serve, startCollector } from './testing/otlp-collector.js'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A collector that answers each request with the next of `answers`, then always with the last. */
async function answering(...answers: [status: number, body: string][]) {
  const server = await serve((request, response) => {
    request.resume()
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0])!
    response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end(body)
  })
  closing.push(server.close)
  return parseCollector(server.url, false)
}

const nothing = async (): Promise<object> => ({ resourceMetrics: [] })

/** Pushes `count` times in total, the last by `end`. */
async function pushed(url: URL, count: number): Promise<string | null> {
  let pushes = 0
  let push: OtlpPush | undefined
  await new Promise<void>((resolve) => {
    const body = () => {
      pushes += 1
      if (pushes === count - 1) resolve()
      return nothing()
    }
    push = pushMetrics(url, body, { everyMs: 5, timeoutMs: 3_000 })
    if (count === 1) resolve()
  })
  return push!.end()
}

describe('a run exported to a collector', () => {
  async function exported() {
    const collector = await startCollector()
    closing.push(collector.close)
    const metrics = new LiveMetrics(samplePlan({ name: 'evil"\\\nname' }))
    const { ticks, events } = sampleRecord()
    const tick = (second: number) =>
      ticks.forEach((own, worker) => {
        metrics.onTick(worker, { ...own[second]!, failures: { refused: 2 } })
      })
    metrics.onStage('connect')
    metrics.onStart(at(0))
    tick(20)
    const url = parseCollector(collector.url, false)
    const first = pushMetrics(url, () => metrics.otlp())
    expect(await first.end()).toBeNull()
    metrics.onStage('traffic')
    metrics.onEvent(events[1]!)
    tick(21)
    expect(await pushMetrics(url, () => metrics.otlp()).end()).toBeNull()
    return { metrics, exports: collector.exports }
  }

  test('follows the protocol, with every documented metric', async () => {
    const { exports } = await exported()
    expect(exports).toHaveLength(2)
    const { metrics } = exports[1]!.resourceMetrics[0].scopeMetrics[0]
    expect(metrics.map(({ name }) => name).sort()).toEqual(Object.keys(liveMetricNames).sort())
    const unit = (name: string) => metrics.find((metric) => metric.name === name)?.unit
    expect(unit('wsbench_latency_seconds')).toBe('s')
    expect(unit('wsbench_generator_resident_memory_bytes')).toBe('By')
    expect(unit('wsbench_generator_cpu_ratio')).toBe('1')
    expect(unit('wsbench_messages_sent_total')).toBe('')
  })

  test('has the same values as /metrics', async () => {
    const { metrics, exports } = await exported()
    const text = await metrics.text()
    const series = seriesOf(exports[1]!)
    expect(series.get('wsbench_messages_received_total{}')).toBe(50_000 * 2)
    expect(series.get('wsbench_connect_failures_total{kind=refused}')).toBe(8)
    expect(
      series.get(
        'wsbench_info{scenario=evil"\\\nname,balancer=nginx,strategy=least-connections,bridge=redis-pubsub}',
      ),
    ).toBe(1)
    expect(series.get('wsbench_stage{stage=connect}')).toBe(0)
    expect(series.get('wsbench_stage{stage=traffic}')).toBe(1)
    expect(series.get('wsbench_latency_seconds{}')).toBe(
      Number(/_latency_seconds_count (\d+)/.exec(text)![1]),
    )
    const samples = text.split('\n').filter((line) => /^\w/.test(line) && !line.startsWith('wsbench_latency'))
    expect(series.size).toBe(samples.length + 1)
  })

  test('keeps its start time and instance, counts up, and keeps every series', async () => {
    const [before, after] = (await exported()).exports
    const [earlier, later] = [seriesOf(before!), seriesOf(after!)]
    for (const [name, value] of earlier) {
      expect(later.has(name), name).toBe(true)
      if (growing(before!).includes(name.split('{')[0]!))
        expect(later.get(name), name).toBeGreaterThanOrEqual(value)
    }
    expect(later.get('wsbench_messages_received_total{}')).toBeGreaterThan(
      earlier.get('wsbench_messages_received_total{}')!,
    )
    expect(resourceOf(after!)).toEqual(resourceOf(before!))
    expect(resourceOf(after!)).toEqual({
      'service.name': 'wsbench',
      'service.version': packageVersion,
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    const times = [before!, after!].map(
      (one) => /"startTimeUnixNano":"(\d+)","timeUnixNano":"(\d+)"/.exec(JSON.stringify(one))!,
    )
    expect(times[0]![1]).toBe(times[1]![1])
    expect(BigInt(times[1]![2]!)).toBeGreaterThanOrEqual(BigInt(times[0]![2]!))
  })

  test('has latency buckets that are not cumulative', async () => {
    const { exports } = await exported()
    const { metrics } = exports[0]!.resourceMetrics[0].scopeMetrics[0]
    const latency = metrics.find(({ name }) => name === 'wsbench_latency_seconds')!
    if (!('histogram' in latency)) throw new Error('no histogram')
    const [{ explicitBounds, bucketCounts, count, sum } = never()] = latency.histogram.dataPoints
    expect(explicitBounds.slice(0, 3)).toEqual([0.001, 0.0025, 0.005])
    // 1.2 ms and 2 ms.
    expect(bucketCounts.filter((own) => own !== '0')).toEqual(['50000'])
    expect(bucketCounts[1]).toBe(count)
    expect(sum).toBeCloseTo(2 * (24_000 * 0.0012 + 1_000 * 0.002), 6)
  })
})

function never(): never {
  throw new Error('no data point')
}

describe('a collector that fails', () => {
  test.each<[string, [status: number, body: string], RegExp]>([
    [
      'is overloaded',
      [503, 'later\u001b[2J'],
      /^3 of 3 pushes to http:\S+\/v1\/metrics failed; the last: HTTP 503 later\\u\{1b\}\[2J$/,
    ],
    ['redirects', [307, ''], /^3 of 3 pushes .*redirect/],
    [
      'rejects a part',
      [200, '{"partialSuccess":{"rejectedDataPoints":"2","errorMessage":"too old"}}'],
      /2 data points rejected: too old$/,
    ],
    ['is not a collector', [200, '<html>'], /the last: Unexpected token/],
  ])('%s: reported once, at the end', async (_, answer, words) => {
    expect(await pushed(await answering(answer), 3)).toMatch(words)
  })

  test('recovers: earlier failures are still reported', async () => {
    expect(await pushed(await answering([500, ''], [200, '']), 3)).toMatch(
      /^1 of 3 pushes .*the last: HTTP 500$/,
    )
  })

  test('does not exist', async () => {
    const { url, close } = await serve(() => {})
    await close()
    expect(await pushed(parseCollector(url, false), 1)).toMatch(/^1 of 1 pushes .*ECONNREFUSED/)
  })

  test('never answers: one request at a time, each with a timeout', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { url, close } = await serve(() => {})
    closing.push(close)
    const body = vi.fn(nothing)
    const push = pushMetrics(parseCollector(url, false), body, { everyMs: 5, timeoutMs: 100 })
    vi.advanceTimersByTime(50)
    expect(body).toHaveBeenCalledTimes(1)
    expect(await push.end()).toMatch(/^2 of 2 pushes .*timeout/)
  })
})

describe('--otlp', () => {
  test.each([
    ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/metrics'],
    ['http://localhost:4318/', 'http://localhost:4318/v1/metrics'],
    ['https://[::1]:4318/otlp/v1/metrics?a=b', 'https://[::1]:4318/otlp/v1/metrics?a=b'],
  ])('%s', (text, url) => {
    expect(parseCollector(text, false).href).toBe(url)
  })

  test.each(['http://192.168.1.4:4318', 'https://otlp.example.com', 'http://localhost.example.com'])(
    '%s is refused without --otlp-public',
    (text) => {
      expect(() => parseCollector(text, false)).toThrow(/is not this machine/)
      expect(parseCollector(text, true).pathname).toBe('/v1/metrics')
    },
  )

  test.each(['', '4318', '127.0.0.1:4318', 'grpc://127.0.0.1:4317', 'http://me:secret@127.0.0.1'])(
    '%j is refused',
    (text) => {
      expect(() => parseCollector(text, true)).toThrow(/expected the URL of an OTLP\/HTTP collector/)
    },
  )
})
