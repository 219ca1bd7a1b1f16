import { expect, test } from 'vitest'
import type { PoolRemoval } from '../../cluster/cluster.js'
import { SubscriptionLayout } from './layout.js'
import { mergeDisconnects } from './merge.js'
import { DeliveryTracker } from './tracker.js'
import type { CauseWindow } from './types.js'

const scaleOut = { ...event('scale-out#1', 1_000, []), poolChangedMicros: 1_500 }
const kill = { ...event('node-kill#1', 3_000, ['n1']), poolChangedMicros: 3_000 }
const drain = { ...event('node-drain#1', 5_000, ['n2']), poolChangedMicros: 6_000 }

function event(id: string, startedMicros: number, targets: string[]): CauseWindow {
  const when = { startedMicros, untilMicros: startedMicros + 1_000 }
  const turns = targets.map((node) => ({ node, ...when }))
  const explains = { disconnects: true, lossesInFlight: 'of its nodes' } as const
  return { id, explains, ...when, turns, cutsAllUntilMicros: null, poolChangedMicros: null }
}

/** What comes of stays of a client each, [node, from, to], on nodes n1 … n3. */
function disconnectsOf(
  stays: readonly (readonly [number, number, number])[][],
  refusals: [number, number][] = [],
  poolRemovals: PoolRemoval[] = [{ node: 'n2', fromMicros: 5_000, untilMicros: null }],
) {
  const tracker = new DeliveryTracker(new SubscriptionLayout(stays.length, [], 0, 1), [], 5, 100)
  stays.forEach((own, client) => {
    for (const [node, from, to] of own) {
      tracker.beginEpoch(client, from, node, false)
      tracker.endEpoch(client, to)
    }
  })
  for (const [node, atMicros] of refusals) tracker.refused(node, atMicros)
  const causes = [scaleOut, kill, drain]
  return tracker.disconnects({ causes, poolRemovals, stoppedMicros: 10_000, nodeNames: ['n1', 'n2', 'n3'] })
}

test('remapped are those who were there before the pool changed and find another node than theirs', () => {
  const { remapped } = disconnectsOf([
    [
      [1, 0, 1_600],
      [2, 1_700, 9_000],
      [1, 9_100, 9_200],
    ],
    [
      [1, 0, 1_600],
      [1, 1_700, 9_000],
    ],
    [
      [1, 0, 900],
      [2, 1_400, 9_000],
    ],
    [
      [1, 1_200, 1_600],
      [2, 1_700, 9_000],
    ],
  ])
  // The first and the second; the third was back before it was over, the fourth came while it went on. Later on n1 is killed.
  expect(remapped['scale-out#1']).toEqual({ returned: 2, moved: 1 })
})

test('a client whose node was affected had no choice', () => {
  const { remapped } = disconnectsOf([
    [
      [0, 0, 3_000],
      [1, 3_100, 9_000],
    ],
    [
      [2, 0, 3_500],
      [1, 3_600, 9_000],
    ],
  ])
  expect(remapped['node-kill#1']).toEqual({ returned: 1, moved: 1 })
})

test('sent to a node that is leaving: taken or turned away, and by whose doing', () => {
  const stays = [
    [
      [1, 0, 5_100],
      [1, 5_200, 5_900],
    ],
  ] as const
  const disconnects = disconnectsOf(
    stays.map((own) => [...own]),
    [
      [1, 5_300],
      [1, 4_900],
      [0, 5_300],
    ],
  )
  expect(disconnects.routedToDraining).toBe(2)
  expect(disconnects.byCause['node-drain#1']).toMatchObject({ sameNode: 1, routedToDraining: 2 })
})

test('a node that comes back is leaving only until then', () => {
  const restart = [{ node: 'n2', fromMicros: 5_000, untilMicros: 5_500 }]
  const stays: [number, number, number][] = [
    [1, 0, 5_100],
    [1, 5_600, 5_900],
  ]
  const refusals: [number, number][] = [
    [1, 5_499],
    [1, 5_500],
  ]
  expect(disconnectsOf([stays], refusals, restart).routedToDraining).toBe(1)
})

test.each(['constructor', '__proto__', 'toString'])('a node may be called %s', (name) => {
  const report = { ...disconnectsOf([]), lastOpenMicros: Object.fromEntries([[name, 7]]) }
  const { lastOpenMicros } = mergeDisconnects([report, { ...report, lastOpenMicros: {} }])
  expect(Object.entries(lastOpenMicros)).toEqual([[name, 7]])
})
