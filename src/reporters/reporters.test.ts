import { describe, expect, test } from 'vitest'
import { assembleResult } from '../results/assemble/assemble.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { sampleRecord } from '../results/testing/sample-record.js'
import { sampleTargetRecord } from '../results/testing/sample-target.js'
import { reporters } from './index.js'

const HOSTILE = 'evil\u001b[2J\u009b31m\u202e\u0007\r\nname'

const results = {
  sample: assembleResult(sampleRecord()),
  hostile: assembleResult(
    sampleRecord({
      plan: samplePlan({ name: HOSTILE, notes: [HOSTILE], gates: [HOSTILE, 'latency.p99 < 1s'] }),
    }),
  ),
  empty: assembleResult(
    sampleRecord({
      ticks: [],
      workers: [],
      events: [],
      nodes: [],
      samples: [],
      plan: samplePlan({ gates: [], notes: [], chaos: [] }),
      cluster: { ...sampleRecord().cluster, broker: null, bridge: 'none' },
    }),
  ),
  target: assembleResult(sampleTargetRecord()),
}

describe.each(Object.entries(reporters))('%s meets the contract', (kind, reporter) => {
  test('has its registered name and a summary', () => {
    expect(reporter.kind).toBe(kind)
    expect(reporter.summary).toMatch(/^\S.*[^.]$/)
  })

  test.each(Object.entries(results))(
    '%s result: the same text each time, closed by a newline',
    (_, result) => {
      const before = structuredClone(result)
      const text = reporter.render(result, { columns: 80, color: false })
      expect(text).toMatch(/\S\n$/)
      expect(reporter.render(result, { columns: 80, color: false })).toBe(text)
      expect(result).toEqual(before)
    },
  )

  test('names are escaped', () => {
    const text = reporter.render(results.hostile, { columns: 80, color: false })
    // These contain figures only, no names.
    if (kind !== 'csv') expect(text).toContain('evil')
    expect(text.match(/[^\P{C}\n]/gu)).toBeNull()
  })

  test('a target is named, and parts that do not exist are not mentioned', () => {
    const text = reporter.render(results.target, { columns: 80, color: false })
    // These contain figures only; json contains the whole result.
    if (['csv', 'hlog', 'hgrm', 'github', 'json'].includes(kind)) return
    // The plan is there for the machine.
    const words = text.replace(/<pre>.*?<\/pre>|<script.*?<\/script>/gs, '').replaceAll('<!-- -->', '')
    expect(words).toMatch(/socket\.io.*wss:\/\/rt\.example\.com/s)
    expect(words).not.toMatch(
      /none none|0 nodes|Nodes<\/dt><dd>0|balancer"? value="none|per node|\bBalancer?\b|tenant/,
    )
  })

  test('a result read back from its file renders the same', () => {
    const saved = JSON.parse(JSON.stringify(results.sample))
    const options = { columns: 80, color: false }
    expect(reporter.render(saved, options)).toBe(reporter.render(results.sample, options))
  })
})

test('json contains the whole result, hostile names included', () => {
  const text = reporters.json.render(results.hostile, { columns: 80, color: true })
  expect(JSON.parse(text)).toEqual(results.hostile)
})
