import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { assembleResult } from '../results/assemble/assemble.js'
import type { ComparedCell, Comparison } from '../results/comparison/comparison.js'
import { decodeHistogram } from '../results/latency/histogram.js'
import { sampleRecord } from '../results/testing/sample-record.js'
import type { ReportData } from './html/chart-spec.js'
import { html } from './html.js'

const options = { columns: 80, color: false }
const sample = assembleResult(sampleRecord())
const text = html.render(sample, options)

function dataOf(page: string): ReportData {
  return JSON.parse(/<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(page)![1]!)
}

function chart(id: string) {
  return dataOf(text).charts.find((spec) => spec.id === id)
}

/** What a reader sees of a page, tags left out. */
function wordsOf(page: string): string {
  const body = page.slice(page.indexOf('<body>'), page.indexOf('<script'))
  return body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
}

describe('a run', () => {
  test('verdict and reasons come before the figures', () => {
    const words = wordsOf(text)
    expect(words).toMatch(/^ rolling-deploy .*✗ Fail .*lostInFlight 40, must be 0.* Lost 5,790 .* Timeline /)
    expect(words).toMatch(/the broker is embedded.* Lost 5,790 /)
  })

  test.each([
    ['isInterrupted', { isInterrupted: true }, 'Interrupted'],
    ['a fault', { faults: ['worker 0 ended by SIGKILL'] }, 'Invalid'],
  ])('%s is in the banner and the title', (_, incidents, word) => {
    const record = sampleRecord({ incidents: { ...sampleRecord().incidents, ...incidents } })
    const page = html.render(assembleResult(record), options)
    expect(wordsOf(page)).toContain(` ${word} `)
    expect(page).toContain(`<title>${word.toUpperCase()} ·`)
  })

  test('events: clients disconnected and reconnected, downtime, what was lost, when and on which node', () => {
    const words = wordsOf(text)
    expect(words).toMatch(/2 node-kill#1 disconnected 2,500 reconnected 2,500 downtime p50 310 ms/)
    expect(words).toMatch(/lost 4,540 at 20 s, took 898 ms on n2 recovery 95 % after 2 s/)
    expect(words).toMatch(/3 node-drain#1 .* never reconnected 50 recovery 95 % after 420 ms reconnects peak/)
  })

  test('balance: moments before events, the worst second, and the mean', () => {
    const balance = text.slice(text.indexOf('id="balance"'))
    const rows = [...balance.slice(0, balance.indexOf('</table>')).matchAll(/<th scope="row">(.*?)<\/th>/g)]
    expect(rows.map(([, name]) => name)).toEqual([
      'start',
      'before scale-out#1',
      'before node-kill#1',
      'before node-drain#1',
      'end',
      'worst second',
      'mean',
    ])
  })

  test('every chart has one value for each x, and an element to be drawn into', () => {
    const { charts, bands, measureSeconds } = dataOf(text)
    expect(charts.length).toBeGreaterThan(6)
    for (const { id, x, series } of charts) {
      expect(text).toContain(`<figure class="chart" id="${id}">`)
      for (const { values } of series) expect(values).toHaveLength(x.length)
    }
    expect(measureSeconds).toBe(60)
    expect(bands.map(({ fromSeconds }) => Math.round(fromSeconds))).toEqual([10, 20, 35])
  })

  test('charts have the values of the result', () => {
    const at = (id: string, label: string, second: number) => {
      const spec = chart(id)!
      return spec.series.find((series) => series.label === label)!.values[spec.x.indexOf(second)]
    }
    expect(at('chart-lost', 'lost', 20)).toBe(4_540)
    expect(at('chart-received', 'received', 5)).toBe(50_000)
    expect(at('chart-nodes', 'n2', 5)).toBe(2_500)
    const { p50, p99, histogram } = sample.timeline.find(({ tMs }) => tMs === 5_000)!
    const latency = decodeHistogram(histogram!)
    const percentiles = ['p50', 'p90', 'p99', 'p99.9'].map((label) => at('chart-latency', label, 5))
    expect(percentiles).toEqual([
      p50,
      latency.getValueAtPercentile(90),
      p99,
      latency.getValueAtPercentile(99.9),
    ])
    expect(at('chart-latency', 'p99.9', -15)).toBeNull()
    const { series } = chart('chart-recovery-3')!
    expect(series[0]!.values.at(-1)).toBeCloseTo(2_450 / 2_500)
  })

  test('its policy allows what the page contains and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)![1]!
    const carried = [...text.matchAll(/<(?:script|style)>(.*?)<\/(?:script|style)>/gs)]
    expect(carried).toHaveLength(3)
    for (const [, inner] of carried) {
      const hash = createHash('sha256').update(inner!).digest('base64')
      expect(policy).toContain(`&#39;sha256-${hash}&#39;`)
    }
    expect(policy).toMatch(/^default-src &#39;none&#39;;/)
    expect(policy).not.toContain('unsafe')
    expect(text).not.toMatch(/\b(?:src|srcset|action)=|@import|url\(| style="/)
  })
})

describe('size', () => {
  const hour = {
    ...sample,
    timeline: Array.from({ length: 3_660 }, (_, index) => sample.timeline[index % 80]!),
  }

  test('two minutes are well below 500 kB; an hour is downsampled, and says so', () => {
    const twoMinutes = html.render({ ...sample, timeline: hour.timeline.slice(0, 120) }, options)
    expect(twoMinutes.length).toBeLessThan(200_000)
    const page = html.render(hour, options)
    expect(page.length).toBeLessThan(500_000)
    expect(page).toContain('Each point stands for 2 s')
    for (const { x } of dataOf(page).charts) expect(x.length).toBeLessThanOrEqual(2_000)
  })
})

describe('a comparison', () => {
  const cell = (name: string): ComparedCell => ({ name, runs: [sample, sample, sample], failures: [] })
  const comparison: Comparison = {
    version: 1,
    kind: 'comparison',
    tool: sample.tool,
    matrix: {
      scenario: 'affinity',
      overrides: ['clients.count=5'],
      axes: [{ path: 'cluster.balancer', values: ['nginx:cookie'] }],
      repeats: 2,
    },
    isInterrupted: false,
    cells: [
      cell('nginx:cookie'),
      cell('haproxy:<cookie>'),
      { name: 'nginx:ip-hash', runs: [], failures: [{ exit: 'setup', message: 'no port is free' }] },
    ],
  }
  const page = html.renderComparison(comparison, options)
  const words = wordsOf(page)

  test('ranked table, spread over repeats, verdict of each cell, and apart from it the cells that are not ranked', () => {
    expect(words).toMatch(/Ranked, with an embedded broker.* 1\. nginx:cookie ✗ Fail 5,790 5,790 – 5,790 /)
    expect(words).toMatch(/ 1\. haproxy:.*No difference shown in any column\./)
    expect(words).toMatch(/Not ranked .*nginx:ip-hash ! Not started .*Verdicts/)
    expect(words).toContain('6 of 9 gates passed in 3 runs')
    expect(words).toContain('no port is free')
  })

  test('a line of percentiles for each ranked cell', () => {
    expect(dataOf(page).charts.map(({ series }) => series.map(({ label }) => label))).toEqual([
      ['nginx:cookie', 'haproxy:<cookie>'],
    ])
    expect(page).not.toContain('<cookie>')
  })
})
