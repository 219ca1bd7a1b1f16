import { HistogramLogReader } from 'hdr-histogram-js'
import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { assembleResult } from '../results/assemble/assemble.js'
import type { Comparison } from '../results/comparison/comparison.js'
import { createHistogram, decodeHistogram } from '../results/latency/histogram.js'
import type { Result } from '../results/result.js'
import type { RunRecord } from '../results/run-record.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { sampleRecord } from '../results/testing/sample-record.js'
import { reporters } from './index.js'

const options = { columns: 80, color: false }
const HOSTILE = 'evil <b>&"\' ]]>\u0000\ud800\ufffe | @team [x](y) ::error::%0A --> `c` =1+1,"2"'

function resultOf(changes: Partial<RunRecord> = {}): Result {
  return assembleResult(sampleRecord(changes))
}

const hostile = resultOf({ plan: samplePlan({ name: HOSTILE, gates: [HOSTILE], notes: [HOSTILE] }) })
const comparison: Comparison = {
  version: 1,
  kind: 'comparison',
  tool: { name: 'wsbench', version: '0.1.0' },
  matrix: null,
  isInterrupted: false,
  cells: [
    { name: 'one', runs: [resultOf(), resultOf()], failures: [] },
    { name: HOSTILE, runs: [hostile], failures: [{ exit: 'setup', message: 'no nginx' }] },
    { name: 'none', runs: [], failures: [] },
  ],
}

interface Element {
  readonly name: string
  readonly attributes: Record<string, string>
}

/** Every element, by a parser that takes nothing but well-formed XML 1.0. */
function parseXml(text: string): Element[] {
  const elements: Element[] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) =>
    elements.push({ name, attributes: attributes as Record<string, string> }),
  )
  parser.write(text).close()
  return elements
}

describe('junit', () => {
  test('a case for each gate and one for the run, failed gates as failures, counted', () => {
    const elements = parseXml(reporters.junit.render(resultOf(), options))
    const named = (name: string) => elements.filter((element) => element.name === name)
    expect(named('testsuites')[0]!.attributes).toMatchObject({ tests: '4', failures: '1', errors: '0' })
    expect(named('testcase').map(({ attributes }) => attributes.name)).toEqual([
      'run valid: the generator was not overloaded',
      'latency.p99 < 250ms',
      'delivery.lostInFlight == 0',
      'recovery.p95{event=node-kill#1} < 3s',
    ])
    // xs:dateTime as the schema of Ant and Jenkins has it: no fraction, no zone.
    expect(named('testsuite')[0]!.attributes.timestamp).toBe('2025-06-01T09:30:00')
    expect(named('failure')[0]!.attributes).toMatchObject({
      message: 'lostInFlight 40, must be 0',
      type: 'gate',
    })
  })

  test('an invalid run is an error', () => {
    const incidents = { ...sampleRecord().incidents, faults: ['worker 0 ended'] }
    const elements = parseXml(reporters.junit.render(resultOf({ incidents }), options))
    expect(elements.find(({ name }) => name === 'error')!.attributes).toMatchObject({
      type: 'invalid',
      message: expect.stringContaining('worker 0 ended'),
    })
  })

  test('is well-formed whatever the names, and for a comparison', () => {
    const [, suite] = parseXml(reporters.junit.render(hostile, options))
    expect(suite!.attributes.name).toContain('evil <b>&"\' ]]>\\u{0}\\u{d800}\\u{fffe}')
    const suites = parseXml(reporters.junit.renderComparison(comparison, options)).filter(
      ({ name }) => name === 'testsuite',
    )
    expect(suites.map(({ attributes }) => attributes.name!.slice(0, 10))).toEqual([
      'one run 1',
      'one run 2',
      'evil <b>&"',
      'runs witho',
    ])
  })
})

describe('github', () => {
  test('an error for each failed gate, and a notice', () => {
    const lines = reporters.github.render(resultOf(), options).trimEnd().split('\n')
    expect(lines).toEqual([
      '::error title=FAIL rolling-deploy::delivery.lostInFlight == 0: lostInFlight 40, must be 0',
      expect.stringMatching(
        /^::notice title=FAIL rolling-deploy::availability 99.54 %25 of 3,500,000 planned, 5,790 lost/,
      ),
    ])
  })

  test('no name ends a property or begins a command', () => {
    const text = reporters.github.render(hostile, options)
    for (const line of text.trimEnd().split('\n')) {
      const [, title, message] = /^::(?:error|notice) title=([^,:]*)::(.*)$/.exec(line) ?? []
      expect(title).toContain('evil <b>')
      expect(message).not.toMatch(/%(?!25)/)
    }
  })
})

describe('csv', () => {
  /** RFC 4180. */
  function parse(text: string): string[][] {
    return text
      .trimEnd()
      .split('\n')
      .map((line) =>
        [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
          .map(([, cell]) => cell!.replace(/^"|"$/g, '').replaceAll('""', '"'))
          .slice(0, -1),
      )
  }

  test('a line for each second, as many cells in each', () => {
    const result = resultOf()
    const [head, ...lines] = parse(reporters.csv.render(result, options))
    expect(lines).toHaveLength(result.timeline.length)
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([head!.length]))
    const at20 = lines.find(([tMs]) => tMs === '20000')!
    const cell = (name: string) => at20[head!.indexOf(name)]
    expect(['phase', 'events', 'lost', 'sent', 'p99Micros', 'connected n2'].map(cell)).toEqual([
      'node-kill#1',
      'node-kill#1',
      '4540',
      '4',
      '2000',
      '0',
    ])
  })

  test('a comparison has the runs and medians of each cell, and no name is a formula', () => {
    const formula = { ...comparison, cells: [{ ...comparison.cells[0]!, name: '=1+1,"2"' }] }
    const lines = parse(reporters.csv.renderComparison(formula, options))
    expect(lines.map((line) => line.slice(0, 5))).toEqual([
      ['cell', 'rank', 'run', 'outcome', 'lost'],
      ['\'=1+1,"2"', '', '1', 'fail', '5790'],
      ['\'=1+1,"2"', '', '2', 'fail', '5790'],
      ['\'=1+1,"2"', '', 'median', 'fail', '5790'],
    ])
  })

  test('with enough runs it has ranks and findings, units in names, and no float noise', () => {
    const cell = (name: string, p99: number) => {
      const result = resultOf()
      const balance = { ...result.balance, end: { ...result.balance.end!, maxOverMean: 0.1 + 1.1 } }
      const run = (factor: number) => ({
        ...result,
        balance,
        latency: {
          ...result.latency,
          fromPlannedSend: { ...result.latency.fromPlannedSend, p99: p99 * factor },
        },
      })
      return { name, runs: [0.99, 1, 1.01].map(run), failures: [] }
    }
    const cells = [cell('slow', 20_000), cell('fast', 10_000)]
    const [head, ...lines] = parse(reporters.csv.renderComparison({ ...comparison, cells }, options))
    expect(head!.slice(4)).toEqual([
      ...['lost', 'lostPerMillion', 'p99Micros', 'recoveryP95Micros', 'recoveryMaxMicros', 'maxOverMean'],
    ])
    const column = (name: string, run: string) =>
      lines.filter((line) => line[2] === run).map((line) => [...line.slice(0, 2), line[head!.indexOf(name)]])
    expect(column('p99Micros', 'median')).toEqual([
      ['fast', '1', '10000'],
      ['slow', '2', '20000'],
    ])
    expect(column('p99Micros', 'finding')).toEqual([
      ['fast', '1', 'best'],
      ['slow', '2', 'worse'],
    ])
    expect(column('lostPerMillion', 'finding')[0]).toEqual(['fast', '1', 'no difference'])
    expect(column('maxOverMean', '1')[0]).toEqual(['fast', '1', '1.2'])
    expect(column('lostPerMillion', '1')[0]).toEqual(['fast', '1', '1659.03'])
  })

  test('a client that never came back is not a missing figure', () => {
    const [head, never] = parse(reporters.csv.renderComparison(comparison, options))
    expect(never![head!.indexOf('recoveryMaxMicros')]).toBe('never')
    const quiet = { name: 'quiet', runs: [resultOf({ events: [] })], failures: [] }
    const [, missing] = parse(reporters.csv.renderComparison({ ...comparison, cells: [quiet] }, options))
    expect(missing![head!.indexOf('recoveryMaxMicros')]).toBe('')
  })
})

describe('hlog', () => {
  test('opens with the HdrHistogram reader, and its seconds add up to the timeline', () => {
    const result = resultOf()
    const reader = new HistogramLogReader(reporters.hlog.render(result, options))
    const all = createHistogram()
    let intervals = 0
    let endMs = 0
    for (let next = reader.nextIntervalHistogram(); next; next = reader.nextIntervalHistogram()) {
      all.add(next)
      intervals += 1
      endMs = next.endTimeStampMsec
    }
    const measured = result.timeline.filter(({ tMs, histogram }) => tMs >= 0 && histogram !== null)
    expect(intervals).toBe(measured.length)
    expect(all.totalCount).toBe(
      measured.reduce((sum, { histogram }) => sum + decodeHistogram(histogram!).totalCount, 0),
    )
    // 15 s of connecting and warm-up before, 60 s of measuring.
    expect(endMs).toBe(new Date(result.startedAt).getTime() + 75_000)
  })
})

test('hgrm has the percentiles of the whole run, in ms', () => {
  const result = resultOf()
  const lines = reporters.hgrm.render(result, options).split('\n')
  const figures = lines
    .filter((line) => /^\s+\d/.test(line))
    .map((line) => line.trim().split(/\s+/).map(Number))
  expect(figures.at(-1)![0]).toBeCloseTo(result.latency.fromPlannedSend.max / 1000, 0)
  expect(figures.find(([, percentile]) => percentile! >= 0.5)![0]! * 1000).toBeCloseTo(
    result.latency.fromPlannedSend.p50,
    -1,
  )
  expect(lines.find((line) => line.startsWith('#[Max'))).toContain(
    String(result.latency.fromPlannedSend.count),
  )
})

describe('markdown', () => {
  test('has the verdict, the gates, latency and events', () => {
    const text = reporters.markdown.render(resultOf(), options)
    expect(text).toMatch(/^## ❌ FAIL rolling-deploy\n/)
    expect(text).toContain('| ❌ | delivery.lostInFlight == 0 | lostInFlight 40, must be 0 |')
    expect(text).toMatch(/\| from planned send \| .* ms \|/)
    expect(text).toContain('| node-kill#<!-- -->1 |')
  })

  test('shows the losses of each cause, by class', () => {
    const text = reporters.markdown.render(resultOf(), options)
    expect(text).toContain(
      '| Lost by cause | in flight | on disconnect | while offline | false recovery | lost | of all due |',
    )
    expect(text).toContain('| node-kill#<!-- -->1 | 40 | 1,250 | 3,250 | 0 | 4,540 | 0.130 % |')
    expect(text).toContain('| all | 40 | 1,250 | 4,500 | 0 | 5,790 | 0.166 % |')
    const { delivery } = sampleRecord()
    const nothing = resultOf({ delivery: { ...delivery, byCause: {} } })
    expect(reporters.markdown.render(nothing, options)).not.toContain('Lost by cause')
  })

  test('no name is markup', () => {
    const text = reporters.markdown.render(hostile, options)
    expect(text).not.toMatch(/<b>|(?<!\\)\[x|(?<!\\)`c/)
    expect(text).toContain('evil &lt;b&gt;&amp;')
  })

  // GitHub looks for these in what was rendered, where an entity or a backslash has gone: there must be a node between.
  test.each([
    ['@team', '@<!-- -->team'],
    ['me@example.com', 'me@<!-- -->example.com'],
    ['org/repo#12 and GH-12', 'org/repo#<!-- -->12 and GH-<!-- -->12'],
    ['http://x.example www.x.example', 'http:<!-- -->//x.example www<!-- -->.x.example'],
    [':smile: :white_check_mark:', ':<!-- -->smile: :<!-- -->white\\_check\\_mark:'],
    ['$x$ and $`x`$', '<span>$</span>x<span>$</span> and <span>$</span>\\`x\\`<span>$</span>'],
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['12. item', '12\\. item'],
    ['# heading', '#<!-- --> heading'],
    ['---', '\\---'],
    ['    code', 'code'],
    ['> quote', '&gt; quote'],
    ['p99 1.30 ms, at 10:30', 'p99 1.30 ms, at 10:30'],
  ])('%j is text', (name, text) => {
    const result = resultOf({ plan: samplePlan({ notes: [name] }) })
    expect(reporters.markdown.render(result, options)).toContain(`\n- ${text}\n`)
  })

  describe('is cut to 60 kB', () => {
    const gates = Array.from({ length: 2_000 }, (_, index) => `latency.p99 < ${3_000 - index}ms`)
    gates.push('delivery.lostInFlight == 0')
    const result = resultOf({ plan: samplePlan({ gates }) })

    test('where it is longest: rows of gates that passed, and no other section', () => {
      const text = reporters.markdown.render(result, options)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000)
      expect(Buffer.byteLength(text)).toBeGreaterThan(59_000)
      expect(text).toMatch(/Gate \| {2}\|\n.*\n\| ❌ \| delivery\.lostInFlight == 0 \|/)
      expect(text).toMatch(/\| ✅ .*\n\n\*and [\d,]+ more lines: the JSON report has all of them\*\n/)
      for (const section of ['Lost by cause', 'from planned send', '### Events', '<sub>']) {
        expect(text).toContain(section)
      }
    })

    test('of a comparison too, what failed last', () => {
      const passed = { ...result, verdict: { ...result.verdict, outcome: 'pass' as const } }
      const cells = [{ name: 'one', runs: [passed, result], failures: [] }]
      const text = reporters.markdown.renderComparison({ ...comparison, cells }, options)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000)
      expect(text).toMatch(/### one run 2\n[^#]*\| ❌ \| delivery\.lostInFlight == 0 \|/)
      expect(text).not.toContain('### one run 1')
    })
  })

  test('a comparison has the ranks, the medians and what they show', () => {
    const cells = ['a', 'b'].map((name) => ({
      ...comparison.cells[0]!,
      name,
      runs: [resultOf(), resultOf(), resultOf()],
    }))
    const text = reporters.markdown.renderComparison({ ...comparison, cells }, options)
    expect(text).toMatch(/\| 1 \| a \| 5,790 \| 1,659 \|.*\n\| 1 \| b \|/)
    expect(text).toContain('- No difference shown in any column.\n')
  })

  test('a comparison has a row a run, and says what did not run', () => {
    const text = reporters.markdown.renderComparison(comparison, options)
    expect(text).toMatch(/\| ❌ one run 2 \| 5,790 \|/)
    expect(text).toMatch(/\| Rank \| Medians \| lost \|.*\n.*\n\| – \| one \| 5,790 \|/)
    expect(text).toMatch(/- .*setup: no nginx\n- none: not run/)
  })
})
