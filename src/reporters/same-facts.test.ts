import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { assembleResult } from '../results/assemble/assemble.js'
import type { Result } from '../results/result.js'
import type { RunRecord } from '../results/run-record.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { counts, histogram, sampleRecord } from '../results/testing/sample-record.js'
import { sampleTargetRecord } from '../results/testing/sample-target.js'
import { factText, valueText } from './facts/fact.js'
import { runFacts } from './facts/run-facts.js'
import { setupFacts, sizeFacts } from './facts/setup.js'
import { terms, termsIn } from './facts/terms.js'
import { reporters } from './index.js'
import {
  type Line,
  linesInHtml,
  linesInMarkdown,
  linesOf,
  linesOnTerminal,
} from './testing/lines-in-reports.js'

/** Every detail that a run can have. */
const [first, second] = sampleRecord().workers
const busy: Partial<RunRecord> = {
  plan: samplePlan({
    clients: { ...samplePlan().clients, count: 10_001 },
    channels: ['scores', 'goals'].map((name) => ({ ...samplePlan().channels[0]!, name })),
    gates: ['latency.p99 < 250ms', 'delivery.lostInFlight == 0'],
  }),
  delivery: {
    ...sampleRecord().delivery,
    total: counts({
      ...sampleRecord().delivery.total,
      unpublished: 9,
      neverSubscribed: 8,
      late: 2,
      replayed: 7,
      missingAtBoundary: 6,
      reordered: 5,
      duplicateInEpoch: 4,
      duplicateAcrossEpochs: 3,
    }),
    unexplainedDuring: { 'node-kill#1': 30 },
    byCause: { unexplained: counts({ due: 90, lostInFlight: 40, falseRecovery: 50 }) },
    byChannel: { a: counts({ due: 9, lostInFlight: 2 }), b: counts({ due: 9, lostWhileOffline: 1 }) },
    unexpected: 2,
    corrupted: 21,
    malformed: 22,
    ambiguous: 1,
  },
  published: { sent: 350, acked: 347, failed: 1, refused: 3, unacked: 2 },
  unackedDelivered: { unacked: 2, refused: 1 },
  events: sampleRecord().events.map((event) => ({ ...event, failure: 'no node n9 is up' })),
  disconnects: {
    ...sampleRecord().disconnects,
    byCause: {
      'node-kill#1': {
        ...sampleRecord().disconnects.byCause['node-kill#1']!,
        handedOver: 12,
        routedToDraining: 6,
      },
    },
  },
  workers: [
    {
      ...first!,
      connections: {
        ...first!.connections,
        heartbeats: { sent: 900, answered: 890, missed: 10 },
        refusals: [
          {
            stage: 'subscribe',
            kind: 'close-4401',
            words: 'token expired',
            count: 126,
            firstMicros: sampleRecord().measureMicros - 1_500_000,
            example: 'c17',
            neverSubscribed: 4,
            neverConnected: 1,
          },
        ],
        publishersNeverConnected: 1,
      },
      histograms: {
        ...first!.histograms,
        fromPlannedSend: first!.histograms.fromPlannedSend.map((own, index) =>
          index < 3 ? own : { ...own, channel: 'goals' },
        ),
      },
    },
    {
      ...second!,
      health: { ...second!.health, eventLoopLag: histogram([[40_000, 9]]), longestPauseMicros: 3_100_000 },
    },
  ],
  backlogDisconnects: 3,
  wallClockSteps: [{ atMicros: sampleRecord().measureMicros + 12_000_000, stepMs: -250 }],
}

const results: Record<string, Result> = {
  'the sample': assembleResult(sampleRecord()),
  'a run with every detail': assembleResult(sampleRecord(busy)),
  'a run with an undecided gate': assembleResult(
    sampleRecord({ plan: samplePlan({ gates: ['latency.p99 < 5ms', 'delivery.due != 0'] }) }),
  ),
  'a run on a target': assembleResult(sampleTargetRecord()),
  'a run without gates, events and losses': assembleResult(
    sampleRecord({
      events: [],
      plan: samplePlan({ gates: [], chaos: [] }),
      delivery: {
        ...sampleRecord().delivery,
        total: counts({ planned: 6, due: 6, delivered: 6 }),
        byCause: {},
        byNode: {},
      },
    }),
  ),
}

describe.each(Object.entries(results))('%s', (_, result) => {
  const facts = linesOf(result)

  test.each([
    ['the terminal', linesOnTerminal],
    ['HTML', linesInHtml],
    ['Markdown', linesInMarkdown],
  ])('%s shows all facts and no other', (_where, read) => {
    expect(facts.length).toBeGreaterThan(80)
    expect(read(result)).toEqual(facts)
  })

  test('JUnit shows the size, the set-up and the gates', () => {
    const properties: Line[] = []
    const cases: Line[] = []
    const parser = new SaxesParser()
    let name = ''
    const add = (value: string) => cases.push(`Gates | ${name} | ${value}`)
    parser.on('opentag', (tag) => {
      const attributes = tag.attributes as Record<string, string>
      if (tag.name === 'property') properties.push(`${attributes.name} | ${attributes.value}`)
      if (tag.name === 'testcase') name = attributes.name!
      if (tag.name === 'failure') add(attributes.message!)
    })
    parser.on('cdata', add)
    parser.write(reporters.junit.render(result, { columns: 80, color: false })).close()
    const shown = [...sizeFacts(result), ...setupFacts(result)!.facts]
    expect(properties).toEqual(shown.map((fact) => `${fact.label} | ${valueText(fact)}`))
    const gates = facts.filter((line) => line.startsWith('Gates |') && !line.startsWith('Gates | passed |'))
    expect(cases.slice(1).toSorted()).toEqual(gates)
  })
})

test('a terminal of 80 columns leaves out columns of a rank, and nothing else', () => {
  const text = reporters.table.render(results['the sample']!, { columns: 80, color: false })
  const words = text.replaceAll(/\s+/g, ' ')
  for (const block of Object.values(runFacts(results['the sample']!))) {
    for (const fact of [...block!.facts, ...block!.items, ...block!.groups.flatMap((group) => group.facts)]) {
      expect(words).toContain(fact.isCount ? factText(fact) : valueText(fact))
    }
    for (const { columns } of block!.table ? [block!.table] : []) {
      for (const { label, rank } of columns) if (!rank) expect(words).toContain(label.split(' ').at(-1))
    }
  }
})

test('every term is the label of some fact, and a report explains those that it uses', () => {
  const used = Object.values(results).flatMap((result) => termsIn(runFacts(result)))
  expect(new Set(used.map(({ label }) => label))).toEqual(new Set(Object.keys(terms)))
  for (const kind of ['html', 'markdown'] as const) {
    const text = reporters[kind].render(results['the sample']!, { columns: 80, color: false })
    expect(text).toContain(terms['while offline'])
    expect(text).not.toContain(terms.ambiguous)
  }
})

test.each(
  Object.entries(reporters).filter(([kind]) =>
    ['table', 'html', 'markdown', 'github', 'junit'].includes(kind),
  ),
)('%s says of a run without gates that nothing was required', (_, reporter) => {
  const result = results['a run without gates, events and losses']!
  expect(result.verdict.outcome).toBe('pass')
  expect(reporter.render(result, { columns: 80, color: false })).toMatch(
    /no gates(?::|%3A) nothing was required/,
  )
  expect(reporter.render(results['the sample']!, { columns: 80, color: false })).not.toContain(
    'nothing was required',
  )
})
