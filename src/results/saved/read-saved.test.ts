import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { afterAll, describe, expect, test } from 'vitest'
import { WsbenchError } from '../../base/errors.js'
import { reporters } from '../../reporters/index.js'
import type { Reporter } from '../../reporters/reporter.js'
import { assembleResult } from '../assemble/assemble.js'
import { type BaselineReport, reportOnBaseline } from '../baseline/baseline-report.js'
import type { ComparedCell, Comparison } from '../comparison/comparison.js'
import { parseGate } from '../gates/gates.js'
import type { MaxSearch } from '../max-search/max-search.js'
import type { Result } from '../result.js'
import { sampleRecord } from '../testing/sample-record.js'
import { sampleTargetRecord } from '../testing/sample-target.js'
import { readSavedFile, readSavedRuns, type Saved } from './read-saved.js'

const home = mkdtempSync(join(tmpdir(), 'wsbench-saved-'))
afterAll(() => rmSync(home, { recursive: true }))

const options = { columns: 80, color: false }
/** With few seconds and short histograms, so that reading it many times is quick. */
const sample = shortened(assembleResult(sampleRecord()))
const targetSample = shortened(assembleResult(sampleTargetRecord()))

function shortened(result: Result): Result {
  return JSON.parse(
    JSON.stringify({ ...result, events: result.events.slice(1), timeline: result.timeline.slice(34, 37) }),
    (key, value) => (key === 'histogram' && value !== null ? shortHistogram() : value),
  )
}

function shortHistogram(): string {
  const histogram = build({ highestTrackableValue: 4_000, numberOfSignificantValueDigits: 1 })
  for (const micros of [1, 20, 300]) histogram.recordValue(micros)
  return encodeIntoCompressedBase64(histogram)
}

function readBack(content: unknown) {
  const file = join(home, 'result.json')
  writeFileSync(file, JSON.stringify(content))
  return readSavedFile(file)
}

test('a result is read as it was written, its keys in the same order', () => {
  expect(JSON.stringify(readBack(sample))).toBe(JSON.stringify(sample))
})

test.each([
  'verdict.attributedTo',
  'cluster.backlogDisconnects',
  'cluster.peaks.generator.measuredCpuMicros',
  'events.0.recovery.timeTo99Ms',
  'events.0.recovery.handedOver',
  'balance.start.messages.perNode',
])('a result without %s is refused, with that path', (path) => {
  const content = structuredClone(sample)
  set(content, path.split('.'), undefined)
  expect(() => readBack(content)).toThrow(`result.json: ${path}: `)
})

test.each([{ kind: 'other' }, { kind: null }, { kind: ['comparison'] }, [], 'x', null])(
  '%j is not a result',
  (content) => {
    expect(() => readBack(content)).toThrow('not a result.json of wsbench, version 1')
  },
)

const search: MaxSearch = {
  version: 1,
  kind: 'find-max',
  tool: sample.tool,
  scenario: 'smoke',
  overrides: [],
  gate: 'latency.p99 < 1s',
  ramp: { path: 'clients.count', from: '1k', to: '4k' },
  levels: [
    { text: '1k', value: 1_000, outcome: 'pass', reasons: [], attributedTo: [], result: sample },
    { text: '2k', value: 2_000, outcome: 'setup', reasons: ['no ports'], attributedTo: [], result: null },
  ],
  highestPassing: { text: '1k', value: 1_000 },
  limitedBy: { by: 'machine', text: '2k', value: 2_000, reasons: ['no ports'] },
}
const report = baselineOf(sample)

describe.each([
  ['what --find-max found', search],
  ['what gate found', report],
])('%s', (_, content) => {
  test('is read as it was written', () => {
    expect(readBack(content)).toEqual(content)
  })

  test('cannot be compared with a run', () => {
    const file = join(home, 'other.json')
    writeFileSync(file, JSON.stringify(content))
    expect(() => readSavedRuns(file)).toThrow(/other\.json is a result of .*; expected a run or a comparison/)
  })

  test('is refused if a field is missing', () => {
    for (const [name, value] of Object.entries(content)) {
      const { [name as never]: _value, ...rest } = content
      if (value !== null) expect(() => readBack(rest), name).toThrow(WsbenchError)
    }
  })
})

const compared: Comparison = {
  version: 1,
  kind: 'comparison',
  tool: sample.tool,
  matrix: {
    scenario: 'smoke',
    overrides: [],
    axes: [{ path: 'seed', values: ['1', '2'] }],
    repeats: 1,
  },
  isInterrupted: false,
  cells: [
    { name: 'seed=1', runs: [sample], failures: [] },
    { name: 'seed=2', runs: [], failures: [{ exit: 'setup', message: 'no ports' }] },
  ],
}

/** The pattern: paths to leave out, as another document covers them. */
const documents: readonly [string, Saved, RegExp?][] = [
  ['a result', sample],
  ['a result of a target', targetSample, /^(?!scenario\.plan\.target)/],
  ['what --find-max found', search, /^levels\.\d\.result\./],
  ['a comparison', compared, /^cells\.\d\.runs\.0\./],
  ['what gate found', report],
]
const SLOW_MS = 120_000
const spoils = { removed: undefined, null: null, text: 'x', 'made -1': -1, 'made 0': 0 }

describe.each(documents)('of %s', (_, sound, leaves = /^$/) => {
  const before = reportsOf(sound).map(countUnknowns)
  const paths = pathsIn(sound).filter((path) => !leaves.test(path.join('.')))

  test.each(Object.entries(spoils))(
    'any value %s: refused with its path, or in every report',
    (_, spoilt) => {
      const failures: string[] = []
      for (const spots of spoilt === 0 ? numbersByName(sound, paths) : paths.map((path) => [path])) {
        const content = structuredClone(sound)
        for (const path of spots) set(content as never, path, spoilt)
        try {
          const after = reportsOf(readBack(content)).map(countUnknowns)
          if (after.some((count, index) => count !== before[index])) failures.push(`${spots}`)
        } catch (error) {
          if (!(error instanceof WsbenchError && error.message.includes('result.json: '))) {
            failures.push(`${spots}: ${error}`)
          }
        }
      }
      expect(failures).toEqual([])
    },
    SLOW_MS,
  )
})

/** 0 is accepted nearly everywhere: all numbers of one name at once take less time, and are as likely to be divisors. */
function numbersByName(sound: Saved, paths: readonly string[][]): string[][][] {
  const numbers = paths.filter((path) => typeof get(sound as never, path) === 'number')
  const names = new Set(numbers.map((path) => path.at(-1)))
  return [...names].map((name) => numbers.filter((path) => path.at(-1) === name))
}

/** By every reporter; a result is also compared with a sound one, and judged against it as a baseline. */
function reportsOf(saved: Saved): string[] {
  return Object.values<Reporter>(reporters).flatMap((reporter) => {
    if (saved.kind === 'find-max') return reporter.renderSearch?.(saved, options) ?? []
    if (saved.kind === 'gate') return reporter.renderBaseline?.(saved, options) ?? []
    if (saved.kind === 'comparison') return reporter.renderComparison?.(saved, options) ?? []
    return [
      reporter.render(saved, options),
      reporter.renderComparison?.({ ...compared, cells: cellsOf(sample, saved) }, options) ?? '',
      reporter.renderBaseline?.(baselineOf(saved), options) ?? '',
    ]
  })
}

function cellsOf(...runs: readonly Result[]): ComparedCell[] {
  return runs.map((run, index) => ({ name: `seed=${index}`, runs: [run], failures: [] }))
}

function baselineOf(candidate: Result): BaselineReport {
  return reportOnBaseline({
    tool: sample.tool,
    baseline: [sample],
    candidate: [candidate],
    limits: [],
    gates: [parseGate('delivery.lost == 0')],
  })
}

/** The scripts of a page contain some. */
function countUnknowns(text: string): number {
  return text.match(/\b(NaN|undefined|Infinity)\b/g)?.length ?? 0
}

/** Records with names that vary: of nodes, phases, causes. */
const named = /^by[A-Z]|ByNode$|^(perNode|peaks|failed|closeCodes|balance)$/

/** The paths of all values; of lists, and of records with names that vary, those of the first entry. */
function pathsIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  const entries = Object.entries(value)
  const some = Array.isArray(value) || named.test(path.at(-1) ?? '') ? entries.slice(0, 1) : entries
  return [
    ...(path.length > 0 ? [[...path]] : []),
    ...some.flatMap(([key, inner]) => pathsIn(inner, [...path, key])),
  ]
}

function set(value: Record<string, unknown>, path: readonly string[], to: unknown): void {
  const parent = get(value, path.slice(0, -1)) as Record<string, unknown>
  parent[path.at(-1)!] = to
}

function get(value: Record<string, unknown>, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value)
}
