import { expect, test } from 'vitest'
import { type ChartRow, downsample } from './downsample.js'

function row(second: number, changes: Partial<ChartRow> = {}): ChartRow {
  return {
    tMs: second * 1000,
    connected: 10,
    connectedByNode: { n1: 10 },
    connects: 0,
    disconnects: 0,
    sent: 1,
    received: 100,
    lost: 0,
    p50: null,
    p90: null,
    p99: null,
    p999: null,
    cpu: 0.1,
    ...changes,
  }
}

test('what is short enough is left as it is', () => {
  const rows = [row(0), row(1)]
  expect(downsample(rows, 2)).toEqual({ stepSeconds: 1, rows })
})

test('latency keeps its highest, counts their sum, connections their fewest, whole and by node alike', () => {
  const rows = [
    row(-1, { p99: 500, p999: 700, lost: 2, connected: 4, connectedByNode: { n1: 4 } }),
    row(0, { p50: 20, p90: 25, p99: 90_000, connects: 6, cpu: 0.9 }),
    row(1, { p50: 30, disconnects: 3 }),
  ]
  expect(downsample(rows, 2)).toEqual({
    stepSeconds: 2,
    rows: [
      row(-1, {
        p50: 20,
        p90: 25,
        p99: 90_000,
        p999: 700,
        lost: 2,
        connects: 6,
        sent: 2,
        received: 200,
        connected: 4,
        connectedByNode: { n1: 4 },
        cpu: 0.9,
      }),
      row(1, { p50: 30, disconnects: 3 }),
    ],
  })
})

test('no count of an hour is dropped', () => {
  const hour = Array.from({ length: 3_601 }, (_, second) => row(second, { lost: second % 7 }))
  const { rows } = downsample(hour)
  const lost = (of: readonly ChartRow[]) => of.reduce((sum, own) => sum + own.lost, 0)
  expect(rows.length).toBeLessThanOrEqual(2_000)
  expect(lost(rows)).toBe(lost(hour))
})
