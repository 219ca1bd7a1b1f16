import { describe, expect, it } from 'vitest'
import { assembleResult } from '../../results/assemble/assemble.js'
import { parseMeasure } from '../../results/gates/gate-grammar.js'
import type { Result } from '../../results/result.js'
import { sampleRecord } from '../../results/testing/sample-record.js'
import { loadScenario } from '../../scenarios/load.js'
import { adviseResult } from './advise-result.js'
import { judge } from './prove.js'
import { resultRules } from './rules/index.js'

type Draft = { -readonly [Key in keyof Result]: Result[Key] }
// biome-ignore lint/suspicious/noExplicitAny: parts of a result are changed by path
type Change = (result: any) => void

const sample = assembleResult(sampleRecord())

/** A run in which nothing was lost, late or uneven. */
function quietResult(...changes: readonly Change[]): Result {
  const result = structuredClone(sample) as Draft
  const { delivery, connections } = result
  Object.assign(delivery, { lostInFlight: 0, lostOnDisconnect: 0, lostWhileOffline: 0, lost: 0, late: 0 })
  Object.assign(connections.downtimeMicros, { p95: 1_000 })
  result.events = result.events.map((event) => ({ ...event, lost: 0, peakReconnectsPerSecond: 10 }))
  Object.assign(result.verdict, { outcome: 'fail' })
  for (const change of changes) change(result)
  return result
}

const drain = (result: Result) => result.events.find(({ kind }) => kind === 'node-drain')!

/** What makes each rule apply, and what then makes it not apply. */
const cases: Readonly<Record<string, { readonly fires: Change; readonly mended: Change }>> = {
  handover: {
    fires: (result) => Object.assign(drain(result), { lost: 7 }),
    mended: ({ scenario }) => Object.assign(scenario.plan.cluster.drain, { mode: 'handover' }),
  },
  resume: {
    fires: ({ delivery }) => Object.assign(delivery, { lostWhileOffline: 5 }),
    mended: ({ scenario }) => Object.assign(scenario.plan.clients.reconnect, { resume: true }),
  },
  'drain-state': {
    fires: (result) => {
      Object.assign(result.scenario.plan.cluster.balancer, { drainState: 'drain' })
      Object.assign(drain(result).affinity, { routedToDraining: 3 })
    },
    mended: ({ scenario }) => Object.assign(scenario.plan.cluster.balancer, { drainState: 'maint' }),
  },
  'staggered-drain': {
    fires: (result) => Object.assign(drain(result), { peakReconnectsPerSecond: 1e6 }),
    mended: ({ scenario }) => Object.assign(scenario.plan.cluster.drain, { mode: 'staggered' }),
  },
  'address-hash': {
    fires: ({ scenario, balance }) => {
      Object.assign(scenario.plan.cluster.balancer, { strategy: 'ip-hash' })
      Object.assign(balance.end, { maxOverMean: 2.6 })
    },
    mended: ({ balance }) => Object.assign(balance.end, { maxOverMean: 1.1 }),
  },
  'reconnect-cap': {
    fires: ({ connections }) => Object.assign(connections.downtimeMicros, { count: 9, p95: 8e6 }),
    mended: ({ scenario }) => Object.assign(scenario.plan.clients.reconnect, { capMs: 2_000 }),
  },
  heartbeat: {
    fires: (result) => {
      Object.assign(drain(result), { kind: 'node-freeze', failure: null })
      Object.assign(result.delivery, { late: 40 })
    },
    mended: ({ scenario }) =>
      Object.assign(scenario.plan.clients, { heartbeat: { everyMs: 1_000, timeoutMs: 1_000 } }),
  },
}

const namesFor = (...changes: Change[]) => adviseResult(quietResult(...changes)).map(({ name }) => name)

describe('rules about results', () => {
  it('say nothing about a run without loss, and nothing about an invalid one', () => {
    expect(namesFor()).toEqual([])
    const invalid: Change = ({ verdict }) => Object.assign(verdict, { outcome: 'invalid' })
    expect(namesFor(cases.resume!.fires, invalid)).toEqual([])
  })

  it.each(resultRules.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
    const { fires, mended } = cases[name]!
    expect(namesFor(fires)).toEqual([name])
    expect(namesFor(fires, mended)).toEqual([])
    expect(loadScenario('node-kill', rule.settings(quietResult(fires))).name).toBe('node-kill')
    expect(parseMeasure(rule.improves, 'improves').metric.name).toBeTruthy()
  })
})

describe('a proof', () => {
  const [advice] = adviseResult(quietResult(cases.handover!.fires))
  const cell = (name: string, losses: readonly number[]) => ({
    name,
    failures: [],
    runs: losses.map((lost) => quietResult(({ delivery }) => Object.assign(delivery, { lost }))),
  })
  const outcomeOf = (before: readonly number[], after: readonly number[]) =>
    judge(advice!, cell('before', before), cell('handover', after)).outcome

  it('says whether the change is more than chance', () => {
    expect(outcomeOf([90, 110, 100, 95, 105], [0, 0, 0, 0, 0])).toBe('holds')
    expect(outcomeOf([90, 110, 100, 95, 105], [300, 310, 290, 305, 300])).toBe('does not hold')
    expect(outcomeOf([0, 400, 3], [10, 200, 1])).toBe('inconclusive')
  })

  it('leaves out runs that are invalid, and says which', () => {
    const before = cell('before', [90, 110, 100])
    const after = cell('handover', [0, 0, 0])
    Object.assign(after.runs[1]!.verdict, { outcome: 'invalid', reasons: ['a worker was late'] })
    expect(judge(advice!, before, after).problems).toEqual(['handover: invalid: a worker was late'])
    const nothing = judge(advice!, before, { ...after, runs: [after.runs[1]!] })
    expect(nothing).toMatchObject({ outcome: 'inconclusive', verdict: null })
  })
})
