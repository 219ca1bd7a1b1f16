import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseScenario } from '../../scenarios/load.js'
import type { Scenario } from '../../scenarios/schema.js'
import type { Outcome } from './sequential-test.js'
import { type ShrinkRequest, shrink } from './shrink.js'
import { outcomeOf } from './shrink-scenario.js'
import { SearchState } from './state.js'

const data = {
  name: 'big',
  clients: { count: 800 },
  traffic: [{ channel: { name: 'room', members: 20, count: 10 }, rate: '20/s' }],
  phases: { measure: '40s' },
  chaos: [
    { at: '5s', event: 'node-kill' },
    { at: '10s', event: 'node-drain' },
    { at: '20s', event: 'balancer-reload' },
  ],
  gates: ['latency.p99 < 1s', 'delivery.lost == 0'],
}
const gate = 'delivery.lost == 0'

/** Loses messages whenever a node is drained. */
const drained = ({ chaos }: Scenario): Outcome =>
  chaos.some(({ event }) => event === 'node-drain') ? 'failed' : 'passed'

function requestOf(changes: Partial<ShrinkRequest> = {}): ShrinkRequest {
  return {
    data,
    file: 'big.yaml',
    gate,
    state: new SearchState(null),
    run: async (scenario) => drained(scenario),
    isOver: () => false,
    note: () => {},
    ...changes,
  }
}

function stateFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-shrink-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'state.json')
}

describe('shrinking', () => {
  it('ends with a scenario of one event that fails, and a rate from runs of its own', async () => {
    const shrunk = await shrink(requestOf())
    const scenario = parseScenario(shrunk.yaml, { file: 'small.yaml' })
    expect(scenario.chaos.map(({ event }) => event)).toEqual(['node-drain'])
    // A channel needs its 20 members.
    expect(scenario.clients.count).toBeLessThanOrEqual(20)
    expect(scenario.gates.map((own) => own.gate)).toEqual([gate])
    expect(shrunk.confirmation).toMatchObject({ failed: 10, runs: 10 })
    expect(shrunk.confirmation!.rate.low).toBeCloseTo(0.6915, 3)
    expect(shrunk.needed.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^without chaos node-drain/),
    )
  })

  it('does not count invalid runs, and leaves a scenario that has no others', async () => {
    let runs = 0
    const shrunk = await shrink(
      requestOf({
        async run(scenario) {
          runs += 1
          if (scenario.clients.count < 100) return 'invalid'
          return runs % 7 === 0 ? 'invalid' : drained(scenario)
        },
      }),
    )
    expect(parseScenario(shrunk.yaml, { file: 'small.yaml' }).clients.count).toBeGreaterThanOrEqual(100)
    expect(shrunk.needed.some(({ decision }) => decision === 'unusable')).toBe(true)
    expect(shrunk.confirmation!.runs).toBeLessThan(10)
  })

  it('goes on where it was stopped, without making a run again', async () => {
    const file = stateFile()
    let made = 0
    const run = async (scenario: Scenario) => {
      made += 1
      return drained(scenario)
    }
    const stopped = await shrink(requestOf({ state: new SearchState(file), run, isOver: () => made >= 30 }))
    expect(stopped).toMatchObject({ isComplete: false, confirmation: null, runs: 30 })
    const resumed = await shrink(requestOf({ state: new SearchState(file), run }))
    const atOnce = await shrink(requestOf())
    expect(resumed.yaml).toBe(atOnce.yaml)
    expect(made).toBe(atOnce.runs)
  })

  it('learns how often a failure happens, where it is not always', async () => {
    let runs = 0
    const run = async (scenario: Scenario): Promise<Outcome> => {
      runs += 1
      return runs % 2 === 0 ? drained(scenario) : 'passed'
    }
    const { design } = await shrink(requestOf({ run, isOver: () => runs > 20 }))
    expect(design.failingRate).toBe(0.5)
  })

  it('refuses what never fails, and a file that is no state', async () => {
    await expect(shrink(requestOf({ run: async () => 'passed' }))).rejects.toThrow(
      `${gate} failed in none of 10 valid runs`,
    )
    const file = stateFile()
    writeFileSync(file, '{}')
    expect(() => new SearchState(file)).toThrow('is no state of wsbench shrink')
  })
})

it.each([
  ['fail', 'fail', 'failed'],
  ['pass', 'pass', 'passed'],
  ['fail', 'pass', 'passed'],
  ['invalid', 'fail', 'invalid'],
  ['interrupted', 'fail', 'invalid'],
  ['pass', 'undecided', 'invalid'],
] as const)('a run that is %s, with the gate %s, %s', (verdict, outcome, expected) => {
  const gates = [{ expression: gate, value: 1, outcome, reason: '' }]
  expect(outcomeOf({ verdict: { outcome: verdict, reasons: [], attributedTo: [] }, gates }, gate)).toBe(
    expected,
  )
})
