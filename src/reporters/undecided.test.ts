import { expect, test } from 'vitest'
import { assembleResult } from '../results/assemble/assemble.js'
import { reportOnBaseline } from '../results/baseline/baseline-report.js'
import { parseGate } from '../results/gates/gates.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { sampleRecord } from '../results/testing/sample-record.js'
import { reporters } from './index.js'

const GATE = 'latency.p99 < 5ms'
const REASON = 'undecided: p99 1.30 ms, all of which the generator can have made (event-loop lag 4.20 ms)'
const result = assembleResult(
  sampleRecord({ plan: samplePlan({ name: 'smoke', gates: [GATE, 'delivery.due > 0'] }) }),
)
const report = reportOnBaseline({
  tool: result.tool,
  baseline: [],
  candidate: [result],
  limits: [],
  gates: [parseGate(GATE), parseGate('delivery.due > 0')],
})
const options = { columns: 200, color: false }

test('table, HTML and Markdown mark an undecided gate as neither passed nor failed', () => {
  expect(reporters.table.render(result, options)).toMatch(
    new RegExp(`^ {2}! ${GATE}\\s+undecided: p99 1\\.30 ms`, 'm'),
  )
  expect(reporters.table.render(result, options)).toContain('passed: 1 of 2')
  const [marked] = /<li class="doubt">[\s\S]*?<\/li>/.exec(reporters.html.render(result, options)) ?? []
  expect(marked?.replaceAll(/<[^>]*>/g, '')).toMatch(
    /^\s*!latency\.p99 &#60; 5msundecided: p99 1\.30 ms, all of which/,
  )
  expect(reporters.markdown.render(result, options)).toMatch(/^\| ⚠️ \| latency\.p99 .* \| undecided: p99 /m)
})

test('JUnit skips an undecided gate; the case of the run is an error', () => {
  const text = reporters.junit.render(result, options)
  expect(text).toMatch(
    /name="latency\.p99 &lt; 5ms">\s*<skipped\/>\s*<system-out><!\[CDATA\[undecided: p99 1\.30 ms/,
  )
  expect(text).toMatch(/<error message="latency\.p99 &lt; 5ms is undecided: .*" type="invalid"\/>/)
  expect(text).not.toContain('<failure')
})

test('GitHub is told once, by the reason of the verdict', () => {
  const lines = reporters.github.render(result, options).split('\n')
  expect(lines.filter((line) => line.includes('undecided'))).toEqual([
    expect.stringContaining(`::error title=INVALID smoke::${GATE} is ${REASON}`),
  ])
})

test('of several runs: a warning, a skipped case, and no tick', () => {
  expect(report.outcome).toBe('inconclusive')
  expect(reporters.github.renderBaseline?.(report, options)).toMatch(
    /^::warning .*::latency\.p99 < 5ms: undecided: .*\n::notice .*::1 of 2 metrics and gates passed, 1 undecided$/m,
  )
  expect(reporters.junit.renderBaseline?.(report, options)).toMatch(
    /name="latency\.p99 &lt; 5ms">\s*<skipped\/>/,
  )
  expect(reporters.table.renderBaseline?.(report, options)).toContain(`? ${GATE}: undecided: p99`)
  expect(reporters.markdown.renderBaseline?.(report, options)).toMatch(/^\| ⚠️ \| latency\.p99 /m)
})
