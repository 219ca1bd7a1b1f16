import { describe, expect, test } from 'vitest'
import { assembleResult } from '../assemble/assemble.js'
import type { Result } from '../result.js'
import { Draws } from '../testing/draws.js'
import { histogram, sampleRecord } from '../testing/sample-record.js'
import { rank } from './ranking.js'

const DRAWS = Number(process.env.SIMULATED_SETS ?? 200)
const sample = assembleResult(sampleRecord())

/** Downtimes of an event's clients that vary by 30 % between runs. Encoding takes long, so that runs draw from a few. */
const normals = new Draws(2)
const downtimes = normals.some(30, () =>
  histogram([[Math.round(1e6 * Math.exp(0.3 * normals.normal())), 2_500]]),
)

/** A run that varies in every figure that cells are ranked by. */
function drawn(
  draws: Draws,
  { spread, lost, factor = 1 }: { spread: number; lost: number; factor?: number },
) {
  const around = (value: number) => Math.round(value * Math.exp(spread * draws.normal()))
  const { latency, balance, events, delivery } = sample
  return {
    ...sample,
    verdict: { outcome: 'pass', reasons: [], attributedTo: [] },
    latency: { ...latency, fromPlannedSend: { ...latency.fromPlannedSend, p99: around(10_000 * factor) } },
    delivery: { ...delivery, due: 1_000_000, lost: draws.poisson(lost) },
    balance: { ...balance, end: { ...balance.end!, maxOverMean: 1.2 * (1 + spread * draws.normal()) } },
    events: events.slice(1, 2).map((event) => ({
      ...event,
      recovery: {
        ...event.recovery,
        downtimeMicros: {
          ...event.recovery.downtimeMicros,
          histogram: downtimes[Math.floor(draws.uniform() * downtimes.length)]!,
        },
      },
    })),
  } satisfies Result
}

/** Share of comparisons in which cells get different ranks or any figure has a best. */
function differing(repeats: number, cells: readonly ((draws: Draws) => Result)[]): number {
  const draws = new Draws(9)
  let different = 0
  for (let set = 0; set < DRAWS; set += 1) {
    const { groups } = rank({
      version: 1,
      kind: 'comparison',
      tool: sample.tool,
      matrix: { scenario: 'x', overrides: [], axes: [], repeats },
      isInterrupted: false,
      cells: cells.map((draw, index) => ({
        name: String(index),
        runs: draws.some(repeats, () => draw(draws)),
        failures: [],
      })),
    })
    const [group] = groups
    const isTold = group!.readings.some(({ best }) => best.length > 0)
    if (isTold || new Set(group!.cells.map((summary) => summary.rank)).size > 1) different += 1
  }
  return different / DRAWS
}

describe('identical cells', () => {
  test.each([
    [2, 2, 0.3, 3],
    [2, 3, 0.05, 0],
    [2, 3, 0.3, 3],
    [2, 5, 0.05, 0],
    [2, 5, 0.3, 3],
    [4, 5, 0.3, 3],
  ])('%i of them, %i repeats, sd %d, %i lost: called different in at most 5 of 100 draws', (...options) => {
    const [cells, repeats, spread, lost] = options
    const draw = (draws: Draws) => drawn(draws, { spread, lost })
    const share = differing(
      repeats,
      Array.from({ length: cells }, () => draw),
    )
    console.info(`${cells} identical cells, ${repeats} repeats, sd ${spread}, lost ${lost}: ${share}`)
    expect(share).toBeLessThanOrEqual(0.05)
  })
})

test('a p99 that is 30 % higher is ranked behind: 3 repeats that vary by 3 %, 5 that vary by 5 %', () => {
  for (const [repeats, spread] of [
    [3, 0.03],
    [5, 0.05],
  ] as const) {
    const share = differing(repeats, [
      (draws) => drawn(draws, { spread, lost: 0 }),
      (draws) => drawn(draws, { spread, lost: 0, factor: 1.3 }),
    ])
    console.info(`p99 30 % higher, ${repeats} repeats, sd ${spread}: ${share}`)
    expect(share).toBeGreaterThan(0.9)
  }
})
