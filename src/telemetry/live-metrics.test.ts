import { get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { samplePlan } from '../results/testing/sample-plan.js'
import { at, sampleRecord } from '../results/testing/sample-record.js'
import { sampleTargetPlan } from '../results/testing/sample-target.js'
import { LiveMetrics, liveMetricNames } from './live-metrics.js'
import { parseMetricsAddress, serveMetrics } from './metrics-endpoint.js'

interface Family {
  readonly type: string
  readonly help: string
  readonly samples: {
    readonly name: string
    readonly labels: Record<string, string>
    readonly value: number
  }[]
}

/** Parses the text format 0.0.4 strictly: HELP and TYPE once, before the first sample; families in one piece; no series twice. */
function parseExposition(text: string): Map<string, Family> {
  expect(text.endsWith('\n')).toBe(true)
  const families = new Map<string, Family>()
  const helps = new Map<string, string>()
  const seen = new Set<string>()
  let current = ''
  for (const line of text.split('\n').filter((some) => some !== '')) {
    const help = /^# HELP ([a-z_]+) (\S.*)$/.exec(line)
    const type = /^# TYPE ([a-z_]+) (gauge|counter|histogram)$/.exec(line)
    if (help) {
      expect(helps.has(help[1]!)).toBe(false)
      helps.set(help[1]!, help[2]!)
    } else if (type) {
      expect(families.has(type[1]!)).toBe(false)
      current = type[1]!
      families.set(current, { type: type[2]!, help: helps.get(type[1]!)!, samples: [] })
    } else {
      const [, name = '', labelText = '', value = ''] =
        /^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)*)\})? (-?[\d.e+-]+)$/.exec(line) ?? []
      expect(name, line).not.toBe('')
      const family = families.get(current)!
      const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
      expect(suffixes.map((suffix) => current + suffix)).toContain(name)
      const pairs = [...labelText.matchAll(/([a-z]+)="((?:[^"\\]|\\["\\n])*)"/g)]
      const labels = Object.fromEntries(pairs.map(([, key, text]) => [key!, unescaped(text!)]))
      const series = JSON.stringify([name, Object.entries(labels).sort()])
      expect(seen.has(series), line).toBe(false)
      seen.add(series)
      family.samples.push({ name, labels, value: Number(value) })
    }
  }
  return families
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

/** What `promtool check metrics` complains about (client_golang, prometheus/testutil/promlint). */
const faults = {
  'a unit that is not a base unit':
    /_(ns|us|ms|s|micros|millis|nanoseconds|microseconds|milliseconds|sec|minutes?|hours?|days?|b|kb|mb|gb|kilobytes|megabytes|bits|percent)(_|$)/,
  'a type in the name': /_(gauge|counter|histogram|summary)(_|$)/,
  'a suffix that is reserved for histograms': /_(bucket|sum|count)$/,
} as const

/** Names of nodes and of failures may come from a server. */
const HOSTILE = 'evil"\\\nname{}\u2028='

async function observed(): Promise<Map<string, Family>> {
  const metrics = new LiveMetrics(samplePlan({ name: HOSTILE }))
  metrics.onStage('connect')
  metrics.onStart(at(0))
  metrics.onStage('traffic')
  const { ticks, events } = sampleRecord()
  ticks.forEach((own, worker) => {
    for (const [order, tick] of own.slice(20, 30).entries())
      metrics.onTick(worker, {
        ...tick,
        connectedByNode: { ...tick.connectedByNode, [HOSTILE]: 1 },
        failures: { refused: 2, [HOSTILE]: 1 },
        progress: {
          missing: 300 - order,
          missingAcrossDisconnects: 0,
          replayed: order,
          reordered: 2,
          duplicates: 3,
          unexpected: 4 * order,
        },
        unsentCopies: 100,
        plannedCopies: 10_000,
        firstCopies: 9_900,
      })
  })
  metrics.onEvent({ ...events[0]!, finishedMicros: Number.POSITIVE_INFINITY })
  metrics.onEvent(events[1]!)
  return parseExposition(await metrics.text())
}

test.each([
  ['a series twice', '# HELP a x\n# TYPE a gauge\na{b="1",c="2"} 1\na{c="2",b="1"} 2\n'],
  ['no TYPE', '# HELP a x\na 1\n'],
  [
    'a family in two pieces',
    '# HELP a x\n# TYPE a gauge\na 1\n# HELP b x\n# TYPE b gauge\nb 1\na{c="1"} 1\n',
  ],
  ['an unescaped label', '# HELP a x\n# TYPE a gauge\na{b="c"d"} 1\n'],
])('the parser of these tests refuses %s', (_, text) => {
  expect(() => parseExposition(text)).toThrow()
})

describe('the metrics of a run in progress', () => {
  test('are in the exposition format, and all documented', async () => {
    const families = await observed()
    expect([...families.keys()].sort()).toEqual(Object.keys(liveMetricNames).sort())
    for (const [name, { type, help, samples }] of families) {
      const documented = liveMetricNames[name as keyof typeof liveMetricNames]
      expect({ type, help }, name).toEqual({ type: documented.type, help: documented.help })
      expect(name.endsWith('_total'), name).toBe(type === 'counter')
      for (const [fault, pattern] of Object.entries(faults)) expect(name, fault).not.toMatch(pattern)
      expect(samples.length, name).toBeGreaterThan(0)
      for (const { labels } of samples) {
        const keys = Object.keys(labels)
        expect(
          keys.every((key) => (documented.labels as readonly string[]).includes(key)),
          name,
        ).toBe(true)
      }
    }
  })

  test('describe a target by protocol and address, without balancer and bridge', async () => {
    const families = parseExposition(await new LiveMetrics(sampleTargetPlan()).text())
    expect(families.get('wsbench_info')!.samples[0]!.labels).toEqual({
      scenario: 'rolling-deploy',
      protocol: 'socket.io',
      target: 'wss://rt.example.com',
    })
  })

  test('add up the ticks of the workers', async () => {
    const families = await observed()
    const value = (family: string, labels: Record<string, string> = {}, name = family) =>
      families
        .get(family)!
        .samples.find(
          (sample) =>
            sample.name === name &&
            Object.entries(labels).every(([key, wanted]) => sample.labels[key] === wanted),
        )?.value
    expect(value('wsbench_messages_sent_total')).toBe(40)
    expect(value('wsbench_messages_received_total')).toBe(500_000)
    expect(value('wsbench_connect_failures_total', { kind: 'refused' })).toBe(40)
    expect(value('wsbench_messages_missing')).toBe(2 * (300 - 9 - 100))
    expect(value('wsbench_messages_replayed_total')).toBe(2 * 9)
    expect(value('wsbench_messages_reordered_total')).toBe(2 * 2)
    expect(value('wsbench_messages_duplicate_total')).toBe(2 * 3)
    expect(value('wsbench_messages_unexpected_total')).toBe(2 * 36)
    expect(value('wsbench_connections', { node: 'n1' })).toBe(2_500)
    expect(value('wsbench_stage', { stage: 'traffic' })).toBe(1)
    expect(value('wsbench_stage', { stage: 'connect' })).toBe(0)
    expect(value('wsbench_event_active', { event: 'scale-out#1' })).toBe(1)
    expect(value('wsbench_event_active', { event: 'node-kill#1' })).toBe(0)
    expect(value('wsbench_info', { scenario: HOSTILE })).toBe(1)
    expect(value('wsbench_connections', { node: HOSTILE })).toBe(2)
    expect(value('wsbench_connect_failures_total', { kind: HOSTILE })).toBe(20)
    expect(value('wsbench_generator_event_loop_lag_seconds', { worker: '1' })).toBe(0.0042)
  })

  test('leave the warm-up out of the latency', async () => {
    const metrics = new LiveMetrics(samplePlan())
    const { ticks } = sampleRecord()
    const receive = (from: number, to: number) =>
      ticks.forEach((own, worker) => {
        for (const tick of own.slice(from, to)) metrics.onTick(worker, tick)
      })
    const count = async () =>
      parseExposition(await metrics.text())
        .get('wsbench_latency_seconds')!
        .samples.find(({ name }) => name.endsWith('_count'))!.value
    // The first 15 ticks of each worker are of the connect phase and the warm-up.
    receive(0, 10)
    metrics.onStart(at(0))
    receive(10, 15)
    expect(await count()).toBe(0)
    receive(15, 16)
    expect(await count()).toBe(2 * 25_000)
  })

  test('have a cumulative latency histogram, with the count and sum of the ticks', async () => {
    const { samples } = (await observed()).get('wsbench_latency_seconds')!
    const buckets = samples.filter(({ name }) => name.endsWith('_bucket'))
    const counts = buckets.map(({ value }) => value)
    expect(counts).toEqual([...counts].sort((left, right) => left - right))
    expect(buckets.at(-1)!.labels.le).toBe('+Inf')
    const sampleOf = (suffix: string) => samples.find(({ name }) => name.endsWith(suffix))!.value
    expect(sampleOf('_count')).toBe(counts.at(-1))
    expect(sampleOf('_count')).toBe(500_000)
    expect(sampleOf('_sum')).toBeCloseTo(20 * (24_000 * 0.0012 + 1_000 * 0.002), 6)
    // 1.2 ms and 2 ms.
    expect(buckets.find(({ labels }) => labels.le === '0.001')!.value).toBe(0)
    expect(buckets.find(({ labels }) => labels.le === '0.0025')!.value).toBe(500_000)
  })
})

describe('the endpoint', () => {
  test('answers /metrics on loopback, nothing else, and ends when closed', async () => {
    const endpoint = await serveMetrics({ host: '127.0.0.1', port: 0 }, async () => 'a 1\n')
    const answer = await fetch(endpoint.url)
    expect([answer.status, await answer.text()]).toEqual([200, 'a 1\n'])
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect((await fetch(new URL('/', endpoint.url))).status).toBe(404)
    const taken = Number(new URL(endpoint.url).port)
    await expect(serveMetrics({ host: '127.0.0.1', port: taken }, async () => '')).rejects.toMatchObject({
      exit: 'setup',
    })
    await endpoint.close()
    await expect(fetch(endpoint.url)).rejects.toThrow()
  })

  test('refuses a web page whose name was made to resolve to loopback', async () => {
    const endpoint = await serveMetrics({ host: '127.0.0.1', port: 0 }, async () => 'a 1\n')
    const { port } = new URL(endpoint.url)
    const statusFor = (host: string) =>
      new Promise((resolve) => {
        get({ host: '127.0.0.1', port, path: '/metrics', headers: { host } }, (answer) =>
          resolve(answer.resume().statusCode),
        )
      })
    expect(await statusFor(`evil.example:${port}`)).toBe(403)
    for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, '[::1]:1']) {
      expect(await statusFor(host), host).toBe(200)
    }
    await endpoint.close()
  })

  test.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['127.9.9.9:80', { host: '127.9.9.9', port: 80 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
  ])('%s', (text, address) => {
    expect(parseMetricsAddress(text, false)).toEqual(address)
  })

  test.each(['0.0.0.0:9464', '[::]:9464', '192.168.1.4:9464'])(
    '%s is refused without --metrics-public',
    (text) => {
      expect(() => parseMetricsAddress(text, false)).toThrow(/other machines can reach/)
      expect(parseMetricsAddress(text, true).port).toBe(9464)
    },
  )

  test.each(['', 'x', '127.0.0.1', '127.0.0.1:99999', 'example.com:80', ':80'])('%j is refused', (text) => {
    expect(() => parseMetricsAddress(text, true)).toThrow(/expected an IP address and a port/)
  })
})
