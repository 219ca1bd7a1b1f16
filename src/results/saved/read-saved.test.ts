import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { afterAll, describe, expect, test } from 'vitest'
import { WsbenchError } from '../../base/errors.js'
import { reporters } from '../../reporters/index.js'
import { assembleResult } from '../assemble/assemble.js'
import { reportOnBaseline } from '../baseline/baseline-report.js'
import { parseGate } from '../gates/gates.js'
import type { MaxSearch } from '../max-search/max-search.js'
import { sampleRecord } from '../testing/sample-record.js'
import { readSavedFile, readSavedRuns } from './read-saved.js'

const home = mkdtempSync(join(tmpdir(), 'wsbench-saved-'))
afterAll(() => rmSync(home, { recursive: true }))

const options = { columns: 80, color: false }
/** With few seconds and short histograms, so that each of its values can be spoilt in turn. */
const whole = assembleResult(sampleRecord())
const sample = JSON.parse(
  JSON.stringify({ ...whole, timeline: whole.timeline.slice(34, 37) }),
  (key, value) => (key === 'histogram' && value !== null ? shortHistogram() : value),
)

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

test('a result from before doubts were laid on anybody, and from before nodes were asked, is read', () => {
  const { attributedTo, ...verdict } = sample.verdict
  const { backlogDisconnects, ...cluster } = sample.cluster
  expect([attributedTo, backlogDisconnects]).toEqual([[], 0])
  expect(readBack({ ...sample, verdict, cluster })).toMatchObject({ version: 1 })
})

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
const report = reportOnBaseline({
  tool: sample.tool,
  baseline: [sample, sample, sample],
  candidate: [sample, sample, sample],
  limits: [],
  gates: [parseGate('delivery.lost == 0')],
})

describe.each([
  ['what --find-max found', search],
  ['what gate found', report],
])('%s', (_, content) => {
  test('is read as it was written', () => {
    expect(readBack(content)).toEqual(content)
  })

  test('is no run to be laid beside another', () => {
    const file = join(home, 'other.json')
    writeFileSync(file, JSON.stringify(content))
    expect(() => readSavedRuns(file)).toThrow(/other\.json is what .* found; expected a run or a comparison/)
  })

  test('is refused where something is missing', () => {
    for (const [name, value] of Object.entries(content)) {
      const { [name as never]: _value, ...rest } = content
      if (value !== null) expect(() => readBack(rest), name).toThrow(WsbenchError)
    }
  })
})

describe('a spoilt result', () => {
  const paths = pathsIn(sample)
  const spoils = { removed: undefined, null: null, text: 'x', number: -1 }

  test.each(Object.entries(spoils))(
    '%s anywhere: one clear error, or every report all the same',
    (_, spoilt) => {
      let refused = 0
      for (const path of paths) {
        const content = structuredClone(sample)
        set(content, path, spoilt)
        try {
          const saved = readBack(content)
          for (const reporter of Object.values(reporters)) {
            if (saved.kind === undefined) expect(reporter.render(saved, options)).not.toBe('')
          }
        } catch (error) {
          if (!(error instanceof WsbenchError))
            throw new Error(`${path.join('.')}: ${error}`, { cause: error })
          expect(error.exit).toBe('usage')
          expect(error.message).toContain('result.json')
          refused += 1
        }
      }
      expect(refused).toBeGreaterThan(0)
    },
  )
})

/** Records whose names vary: of a node, a phase, a cause. */
const named = /^by[A-Z]|ByNode$|^(perNode|peaks|failed|closeCodes)$/

/** Of every value in it; of lists and of records with names that vary, the first two entries. */
function pathsIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  const entries = Object.entries(value)
  const some = Array.isArray(value) || named.test(path.at(-1) ?? '') ? entries.slice(0, 2) : entries
  return [
    ...(path.length > 0 ? [[...path]] : []),
    ...some.flatMap(([key, inner]) => pathsIn(inner, [...path, key])),
  ]
}

function set(value: Record<string, unknown>, path: readonly string[], to: unknown): void {
  const parent = path.slice(0, -1).reduce((inner, key) => inner[key] as Record<string, unknown>, value)
  parent[path.at(-1)!] = to
}
