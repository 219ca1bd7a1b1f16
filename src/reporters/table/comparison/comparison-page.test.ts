import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { widthOf } from '../../../base/text-width.js'
import { assembleResult } from '../../../results/assemble/assemble.js'
import type { ComparedCell, Comparison } from '../../../results/comparison/comparison.js'
import { sampleRecord } from '../../../results/testing/sample-record.js'
import { reporters } from '../../index.js'
import type { Reporter } from '../../reporter.js'
import { comparisonPage } from './comparison-page.js'

const fails = assembleResult(sampleRecord())
const invalid = assembleResult(
  sampleRecord({ incidents: { ...sampleRecord().incidents, faults: ['worker 0 ended by SIGKILL'] } }),
)
const long = `\u001b[2J${'负载均衡器-very-long '.repeat(8)}`

function comparison(cells: readonly ComparedCell[], isSaved = false): Comparison {
  const tool = { name: 'wsbench', version: '0.1.0' } as const
  const axes = [{ path: 'cluster.balancer', values: ['nginx:cookie'] }]
  const matrix = isSaved ? null : { scenario: 'affinity', overrides: ['clients.count=5'], axes, repeats: 2 }
  return { version: 1, kind: 'comparison', tool, matrix, isInterrupted: false, cells }
}

const cells: ComparedCell[] = [
  { name: 'nginx:cookie', runs: [fails, fails, fails], failures: [] },
  { name: 'haproxy:cookie', runs: [fails, invalid], failures: [] },
  { name: 'nginx:ip-hash', runs: [], failures: [{ exit: 'setup', message: 'no port is free' }] },
]
const render = (of: Comparison, columns = 80) => comparisonPage(of, { columns, color: false })

test('ranks what is valid, shows what is not, and gives each cell its verdict', () => {
  const text = render(comparison(cells))
  expect(text.split('\n')[0]).toBe('! NOT STARTED  comparison')
  expect(text).toContain('Ranked, with an embedded broker')
  expect(text).toMatch(/^ {2}✗ nginx:cookie +5,790 +1,659 +1\.30 ms +1\.90 s +never +1\.29$/m)
  expect(text.indexOf('? haproxy:cookie')).toBeGreaterThan(text.indexOf('Not ranked'))
  expect(text).toContain('✗ nginx:cookie: FAIL, 6 of 9 gates passed in 3 runs')
  expect(text).toContain('? haproxy:cookie: INVALID')
  expect(text).toContain('no port is free')
})

test('says who is best only where there are two to compare, with three runs of each', () => {
  expect(render(comparison(cells))).not.toContain('lost least')
  const two = comparison([cells[0]!, { ...cells[0]!, name: 'nginx:round-robin' }])
  expect(render(two)).toContain('→ No difference shown in any column.\n')
  expect(render(two)).not.toContain('lost least')
  const slow = { ...fails.latency.fromPlannedSend, p99: 5_000 }
  const slower = { ...fails, latency: { ...fails.latency, fromPlannedSend: slow } }
  const ranked = comparison([{ ...cells[0]!, name: 'slow', runs: [slower, slower, slower] }, cells[0]!])
  expect(render(ranked)).toContain('→ rank 1: nginx:cookie; rank 2: slow.\n')
  expect(render(ranked)).toContain('→ lowest p99: nginx:cookie.\n')
  const once = comparison(two.cells.map((cell) => ({ ...cell, runs: [fails] })))
  expect(render(once)).toContain('Side by side')
  expect(render(once)).toContain('Nothing is ranked')
  expect(render(once)).not.toContain('· least')
})

test('saved results: what differs between them', () => {
  const elsewhere = { ...fails, environment: { ...fails.environment, cores: 64 } }
  const saved = [
    { name: 'monday', runs: [fails], failures: [] },
    { name: 'friday', runs: [elsewhere], failures: [] },
  ]
  expect(render(comparison(saved, true))).toContain('! machine.cores: 2, 64')
})

test.each([80, 100])('any names fit %i columns, coloured or not, and cells stay apart', (columns) => {
  const named = comparison(['a', 'b'].map((end) => ({ ...cells[0]!, name: long + end })))
  const plain = render(named, columns)
  expect(Math.max(...plain.split('\n').map(widthOf))).toBeLessThanOrEqual(columns)
  expect(plain).toMatch(/^ {2}✗ 1 .*[\s\S]*^ {2}✗ 2 /m)
  expect(plain.match(/[^\P{C}\n]/gu)).toBeNull()
  expect(stripVTControlCharacters(comparisonPage(named, { columns, color: true }))).toBe(plain)
})

test.each(Object.values<Reporter>(reporters))(
  '$kind: a comparison read back renders the same',
  (reporter) => {
    if (!reporter.renderComparison) return
    const options = { columns: 80, color: false }
    const text = reporter.renderComparison(comparison(cells), options)
    expect(text).toMatch(/\S\n$/)
    expect(reporter.renderComparison(JSON.parse(JSON.stringify(comparison(cells))), options)).toBe(text)
  },
)
