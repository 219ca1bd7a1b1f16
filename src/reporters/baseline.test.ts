import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { assembleResult } from '../results/assemble/assemble.js'
import { type BaselineReport, reportOnBaseline } from '../results/baseline/baseline-report.js'
import { parseLimit } from '../results/baseline/limit.js'
import { parseGate } from '../results/gates/gates.js'
import type { Result } from '../results/result.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { sampleRecord } from '../results/testing/sample-record.js'
import { reporters } from './index.js'
import type { Reporter } from './reporter.js'

const options = { columns: 80, color: false }
const sample = assembleResult(sampleRecord())

function runs(p99s: readonly number[], base = sample): Result[] {
  return p99s.map((p99) => ({
    ...base,
    latency: { ...base.latency, fromPlannedSend: { ...base.latency.fromPlannedSend, p99 } },
  }))
}

function reportOf(changes: { readonly name?: string } = {}): BaselineReport {
  const base = assembleResult(sampleRecord({ plan: samplePlan({ name: changes.name ?? 'smoke' }) }))
  return reportOnBaseline({
    tool: sample.tool,
    baseline: runs([10_000, 10_100, 10_200]),
    candidate: runs([20_000, 20_100, 20_200], base),
    limits: ['latency.p50=10%', 'latency.p99=10%'].map(parseLimit),
    gates: ['delivery.unexpected == 0', 'delivery.lost == 0'].map(parseGate),
  })
}

const REGRESSION = 'regression, 10.1 ms → 20.1 ms, +99.0 % (90 %: +96.1 to +102.0 %), limit 10.0 %'

test('junit: a case a metric and a gate, those that fail it as failures, and what differs', () => {
  const names: string[] = []
  const failures: Record<string, string>[] = []
  const properties: Record<string, string>[] = []
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testcase') names.push(attributes.name as string)
    if (name === 'failure') failures.push(attributes as Record<string, string>)
    if (name === 'property') properties.push(attributes as Record<string, string>)
  })
  parser.write(reporters.junit.renderBaseline(reportOf(), options)).close()
  expect(names).toEqual(['latency.p50', 'latency.p99', 'delivery.unexpected == 0', 'delivery.lost == 0'])
  expect(failures).toEqual([
    { message: REGRESSION, type: 'baseline' },
    { message: 'passes in 0 of 3 runs: lost 5,790, must be 0', type: 'gate' },
  ])
  expect(properties).toContainEqual({ name: 'differs: name', value: 'rolling-deploy, smoke' })
})

test('github: an error for each that fails it, and one notice', () => {
  const title = 'title=FAIL smoke%2C 3 runs against 3 of the baseline'
  expect(reporters.github.renderBaseline(reportOf(), options).split('\n')).toEqual([
    `::error ${title}::latency.p99: ${REGRESSION.replaceAll('%', '%25')}`,
    `::error ${title}::delivery.lost == 0: passes in 0 of 3 runs: lost 5,790, must be 0`,
    `::notice ${title}::2 of 4 metrics and gates passed`,
    '',
  ])
})

test('markdown: what fails it first', () => {
  const text = reporters.markdown.renderBaseline(reportOf(), options)
  expect(text).toMatch(/^## ❌ FAIL smoke, against a baseline\n\n3 runs against 3 of the baseline\n/)
  expect(text).toMatch(/\|\n\| ❌ \| latency\.p99 \| regression \| .*\n\| ✅ \| latency\.p50 \| unchanged \|/)
  expect(text).toMatch(/\|\n\| ❌ \| delivery\.lost == 0 \| .*\n\| ✅ \| delivery\.unexpected == 0 \|/)
  expect(text).toContain('- not the same in all runs: name: rolling-deploy, smoke\n')
})

describe('what is inconclusive', () => {
  const report = reportOnBaseline({
    tool: sample.tool,
    baseline: runs([10_000]),
    candidate: runs([30_000]),
    limits: ['latency.p99=10%', 'delivery.unexpected=0'].map(parseLimit),
    gates: [],
  })
  const words =
    'inconclusive, 10.0 ms → 30.0 ms, +200.0 %, limit 10.0 %, these runs show no change of any size; give at least 3 on each side'

  test('has no tick in markdown, and the headline does not pass', () => {
    const text = reporters.markdown.renderBaseline(report, options)
    expect(text).toMatch(/^## ❔ INCONCLUSIVE rolling-deploy, against a baseline\n/)
    expect(text).toMatch(
      /\| ❔ \| latency\.p99 \| inconclusive \| .*\n\| ✅ \| delivery\.unexpected \| unchanged \|/,
    )
  })

  test('is a warning on GitHub', () => {
    const lines = reporters.github.renderBaseline(report, options).split('\n')
    expect(lines[0]).toMatch(/^::warning title=INCONCLUSIVE /)
    expect(lines[0]).toContain(words.replaceAll('%', '%25'))
    expect(lines[1]).toMatch(/1 of 2 metrics and gates passed, 1 inconclusive$/)
  })

  test('is skipped in JUnit', () => {
    const text = reporters.junit.renderBaseline(report, options)
    expect(text).toMatch(/name="latency\.p99">\s*<skipped\/>\s*<system-out>/)
    expect(text).not.toContain('<failure')
  })

  test('is said on the terminal', () => {
    const text = reporters.table.renderBaseline(report, options)
    expect(text).toMatch(/^\? INCONCLUSIVE {2}rolling-deploy/)
    expect(text.replaceAll(/\s+/g, ' ')).toContain('? latency.p99: inconclusive 10.0 ms → 30.0 ms')
    expect(text.replaceAll(/\s+/g, ' ')).toContain('give at least 3 on each side')
  })

  test('counts are sums over the runs, and say from where on these runs tell', () => {
    const lost = (values: readonly number[]) =>
      values.map((count) => ({ ...sample, delivery: { ...sample.delivery, lost: count } }))
    const counted = reportOnBaseline({
      tool: sample.tool,
      baseline: lost([0, 0, 0, 0, 0]),
      candidate: lost([0, 1, 0, 0, 1]),
      limits: [parseLimit('delivery.lost=50%,0')],
      gates: [],
    })
    expect(reporters.table.renderBaseline(counted, options).replaceAll(/\s+/g, ' ')).toContain(
      '0 → 2 in 5 runs each, limit 50.0 % and 0, these runs show 0.86 per run or more; about 11 on each side would show the limit',
    )
  })
})

describe.each(Object.values<Reporter>(reporters).filter(({ renderBaseline }) => renderBaseline))(
  '$kind',
  (reporter) => {
    test('says the same of what was read back', () => {
      const text = reporter.renderBaseline!(reportOf(), options)
      expect(text).toMatch(/\S\n$/)
      expect(reporter.renderBaseline!(JSON.parse(JSON.stringify(reportOf())), options)).toBe(text)
    })

    test('lets no name speak', () => {
      const name = 'evil\u001b[2J\u202e\r\n::error::@team'
      const text = reporter.renderBaseline!(reportOf({ name }), options)
      expect(text).toContain('evil')
      expect(text.match(/[^\P{C}\n]|^::error::/gmu)).toBeNull()
    })
  },
)
