import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { widthOf } from '../base/text-width.js'
import { assembleResult } from '../results/assemble/assemble.js'
import type { Result } from '../results/result.js'
import type { RunRecord } from '../results/run-record.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { counts, histogram, sampleRecord } from '../results/testing/sample-record.js'
import { table } from './table.js'

function render(changes: Partial<RunRecord> = {}, columns = 80): string {
  return table.render(assembleResult(sampleRecord(changes)), { columns, color: false })
}

function lineWith(text: string, words: string): string {
  return text.split('\n').find((line) => line.includes(words)) ?? ''
}

describe('its first line', () => {
  test('is the verdict, the scenario and the cluster, embedded parts by name', () => {
    expect(render().split('\n')[0]).toBe(
      '✗ FAIL  rolling-deploy  nginx least-connections → 4–6 nodes → embedded redis',
    )
  })

  test('names an embedded balancer', () => {
    const balancer = { kind: 'embedded', strategy: 'ip-hash', isEmbedded: true, version: '0.1.0' }
    expect(render({ cluster: { ...sampleRecord().cluster, balancer } })).toContain(
      'embedded balancer ip-hash →',
    )
  })

  test.each([
    ['✓ PASS', {}],
    ['? INVALID', { incidents: { ...sampleRecord().incidents, faults: ['worker 0 ended by SIGKILL'] } }],
    ['◼ INTERRUPTED', { incidents: { ...sampleRecord().incidents, isInterrupted: true } }],
  ])('%s', (verdict, changes) => {
    const text = render({ plan: samplePlan({ gates: ['latency.p99 < 1s'] }), ...changes })
    expect(text.startsWith(`${verdict}  rolling-deploy`)).toBe(true)
  })

  test('reasons follow', () => {
    expect(render().split('\n').slice(0, 6).join('\n')).toContain(
      '✗ delivery.lostInFlight == 0: lostInFlight 40, must be 0',
    )
  })
})

describe('figures', () => {
  const text = render()

  test('losses by class and cause, in the order of events', () => {
    const rows = text.split('\n').filter((line) => /^ {2}(node-kill#1|node-drain#1|all) +\d/.test(line))
    expect(rows.slice(0, 3).map((row) => row.trim().split(/\s+/))).toEqual([
      ['node-kill#1', '40', '1,250', '3,250', '0', '4,540', '0.130', '%'],
      ['node-drain#1', '0', '0', '1,250', '0', '1,250', '0.0358', '%'],
      ['all', '40', '1,250', '4,500', '0', '5,790', '0.166', '%'],
    ])
  })

  test('latencies in units that suit them', () => {
    expect(lineWith(text, 'from planned send')).toMatch(
      /1\.20 ms +1\.30 ms +1\.30 ms +1\.30 ms +300 ms +300 ms$/,
    )
    expect(lineWith(text, '  generator delay ').trim()).toMatch(/^generator delay +40 µs +40 µs +1\.80 ms/)
  })

  test('latency by channel has a row for each where there are several', () => {
    expect(text).not.toContain('channel scores')
    const [first, second] = sampleRecord().workers
    const { fromPlannedSend, ...histograms } = first!.histograms
    const [scores, goals] = ['scores', 'goals'].map((name) => ({ ...samplePlan().channels[0]!, name }))
    const ofGoals = { phase: 'steady', channel: 'goals', histogram: histogram([[7_000, 100]]) }
    const both = render({
      plan: samplePlan({ channels: [scores!, goals!] }),
      workers: [
        { ...first!, histograms: { ...histograms, fromPlannedSend: [...fromPlannedSend, ofGoals] } },
        second!,
      ],
    })
    expect(lineWith(both, 'channel scores')).toMatch(/1\.20 ms +1\.30 ms/)
    expect(lineWith(both, 'channel goals')).toMatch(/7\.00 ms +7\.00 ms/)
  })

  test('hops: the parts of the way, and the share of copies measured', () => {
    expect(lineWith(text, 'node → broker → node')).toMatch(/310 µs +310 µs +310 µs +2\.10 ms/)
    expect(lineWith(text, 'end-to-end, cross node')).toMatch(/930 µs/)
    expect(text).toContain('hops: one copy in 64 measured')
  })

  test('events: how many disconnected and reconnected, how long, how many lost; when and where below', () => {
    expect(lineWith(text, 'node-kill#1          2,500        2,500').trim().split(/ {2,}/)).toEqual([
      'node-kill#1',
      '2,500',
      '2,500',
      '310 ms',
      '1.90 s',
      '1.90 s',
      '4,540',
    ])
    expect(text).toContain('  node-kill#1 · at: 20 s, took 898 ms · on: n2\n')
  })

  test('a node out of the pool has a dash, an empty one 0', () => {
    expect(lineWith(text, 'before node-kill#1').trim().split(/ {2,}/).slice(1)).toEqual([
      ...Array(4).fill('2,500'),
      '0',
      '0',
      '1.50',
    ])
    expect(lineWith(text, '  end ').trim().split(/\s+/)).toEqual([
      'end',
      '3,220',
      '–',
      '–',
      '3,220',
      '1,760',
      '1,750',
      '1.29',
    ])
  })

  test('how soon clients were back, how many a second, and whether the nodes are balanced again', () => {
    expect(text).toContain('recovery: 95 % after 2 s, 99 % after 2 s, all after 2 s\n')
    expect(text).toContain('reconnects: peak 2,500/s')
    expect(text).toContain('50 never reconnected')
    expect(text).toContain('remapped: 33.3 % of 1,200')
    expect(text).toContain('balance: not rebalanced')
  })

  test('balance over time, of connections and of messages', () => {
    expect(lineWith(text, '  mean ')).toMatch(/1\.28$/)
    expect(lineWith(text, '  worst second ')).toMatch(/1\.50$/)
    expect(text).toContain('messages per node: max/mean 1.28, min/mean 0.60, CV 0.33')
  })

  test('close codes, failures and where clients reconnected to', () => {
    expect(text).toContain('failed: refused ×6')
    expect(text).toContain('close codes: 1001 ×2,500, 1006 ×2,500')
    expect(text).toContain('6 routed to a draining node')
  })

  test('gates with their reasons, aligned', () => {
    const gates = text.split('\n\n').at(-2)!.split('\n').slice(-3)
    expect(gates.map((line) => line.slice(2, 3)).join('')).toBe('✓✗✓')
    expect(new Set(gates.map((line) => line.search(/p99 1|lostInFlight 40|p95 1/))).size).toBe(1)
  })
})

describe('the generator itself', () => {
  const strained = (changes: Partial<RunRecord['workers'][number]['health']>) => {
    const [first, second] = sampleRecord().workers
    return render({ workers: [first!, { ...second!, health: { ...second!.health, ...changes } }] })
  }

  test('its part of the latencies stands beside them', () => {
    expect(lineWith(render(), 'generator overhead').trim()).toBe(
      'generator overhead (p99): generator delay 1.80 ms, event-loop lag ≤ 4.20 ms',
    )
  })

  test('a figure near its bound is named with the bound; one past it is a reason of the verdict', () => {
    expect(render()).not.toMatch(/its bound/)
    expect(strained({ eventLoopLag: histogram([[40_000, 9]]) })).toMatch(
      /^ {2}! near its bound\n.* 40\.0 ms in worker 1, bound 50\.0 ms: use fewer clients/m,
    )
    expect(strained({ longestPauseMicros: 3_100_000 })).toMatch(
      /^ {2}\? .* 3\.10 s in worker 1, bound 2\.00 s: /m,
    )
  })

  test('a step of the wall clock is a note', () => {
    const wallClockSteps = [{ atMicros: sampleRecord().measureMicros + 12_000_000, stepMs: -250 }]
    expect(render({ wallClockSteps })).toContain(
      '  · the wall clock stepped by −250 ms at 12 s; no figure depends on it',
    )
  })
})

test('clients closed as slow consumers are counted, where there were any', () => {
  const words = 'closed as slow consumers'
  expect(render({ backlogDisconnects: 3 })).toContain(`3 ${words}`)
  for (const backlogDisconnects of [0, null]) expect(render({ backlogDisconnects })).not.toContain(words)
})

test('without losses, the bound of the loss rate is shown', () => {
  const { delivery } = sampleRecord()
  const text = render({
    delivery: { ...delivery, total: counts({ due: 60_000, delivered: 60_000 }), byCause: {} },
  })
  // 347 acknowledged messages: 1 − 0.05^(1/347).
  expect(text).toContain('0 lost (loss rate below 0.86 % at 95 % confidence, from 347 messages)')
  expect(text).not.toContain('Lost by cause')
})

test('blocks without content are left out', () => {
  const text = render({
    events: [],
    ticks: [],
    workers: [],
    samples: [],
    plan: samplePlan({ gates: [], notes: [], chaos: [] }),
  })
  for (const heading of ['Events', 'Balance', 'Generator', 'Notes', 'Gates', 'Latency']) {
    expect(text).not.toContain(heading)
  }
})

test('an event that failed says why', () => {
  const [first, ...rest] = sampleRecord().events
  expect(render({ events: [{ ...first!, failure: 'no node n9 is up' }, ...rest] })).toContain(
    '✗ scale-out#1   no node n9 is up',
  )
})

describe('width', () => {
  const long = 'very-'.repeat(60)
  const wide = '负载均衡器🎉'.repeat(30)
  const nodes = Array.from({ length: 64 }, (_, index) => ({
    id: `n${index + 1}`,
    joinedMicros: 0,
    leftMicros: null,
  }))

  const hostile: [string, Partial<RunRecord>][] = [
    ['the sample', {}],
    ...[long, wide, `\u001b[31m${long}`].map((name): [string, Partial<RunRecord>] => [
      `a name like ${name.slice(0, 6)}`,
      {
        plan: samplePlan({ name, notes: [name], gates: [`latency.p99{phase=${name}} < 1s`, name] }),
        cluster: { ...sampleRecord().cluster, bridge: name },
        events: sampleRecord().events.map((event) => ({
          ...event,
          id: event.id + name,
          targets: [name],
          failure: name,
        })),
        workers: sampleRecord().workers.map((worker) => ({
          ...worker,
          connections: { ...worker.connections, failed: { [name]: 3 }, closeCodes: { [name]: 4, 1006: 5 } },
        })),
        delivery: {
          ...sampleRecord().delivery,
          byCause: {
            [`node-kill#1${name}`]: counts({ lostInFlight: 987_654_321, lostWhileOffline: 987_654_321 }),
          },
        },
      },
    ]),
    ['64 nodes', { nodes }],
    [
      'a million clients disconnected',
      {
        disconnects: {
          ...sampleRecord().disconnects,
          byCause: {
            'node-kill#1': {
              ...sampleRecord().disconnects.byCause['node-kill#1']!,
              disconnects: 1_250_000,
              recovered: 1_200_000,
            },
          },
        },
      },
    ],
  ]

  test.each(hostile)('%s fits 80 and 100 columns, coloured or not', (_, changes) => {
    const result = assembleResult(sampleRecord(changes))
    for (const columns of [80, 100]) {
      const plain = table.render(result, { columns, color: false })
      const widths = plain.split('\n').map(widthOf)
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
      expect(stripVTControlCharacters(table.render(result, { columns, color: true }))).toBe(plain)
    }
  })

  test('the columns of many nodes give way to their extremes', () => {
    const line = lineWith(render({ nodes }), 'Balance')
    expect(line).toMatch(/^Balance +fewest +most +min\/mean +CV +max\/mean$/)
  })

  test('a terminal narrower than 80 still gets 80', () => {
    expect(render({}, 20)).toBe(render({}, 80))
  })
})

test('colour marks the verdict, and only where it is asked for', () => {
  const result: Result = assembleResult(sampleRecord())
  const colored = table.render(result, { columns: 80, color: true })
  expect(colored.startsWith('\u001b[31m')).toBe(true)
  expect(table.render(result, { columns: 80, color: false })).not.toContain('\u001b')
})
