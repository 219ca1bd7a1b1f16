import { describe, expect, it } from 'vitest'
import { Causes } from './causes.js'
import { Epochs } from './epochs.js'
import { LossJudge } from './loss-judge.js'

const event = {
  id: 'kill',
  startedMicros: 4_000,
  untilMicros: 6_000,
  explains: { disconnects: false, lossesInFlight: 'any' },
  turns: [],
  cutsAllUntilMicros: null,
  poolChangedMicros: null,
} as const
const rule = { boundaryMicros: 5, graceMicros: 100 }

/** One client, subscribed 1000 … 3000 on n1 and from 3500 on n2. */
function judge(): LossJudge {
  const epochs = new Epochs(1)
  epochs.begin(0, 1_000, 0)
  epochs.end(0, 3_000)
  epochs.begin(0, 3_500, 1)
  const all = new LossJudge(epochs, new Causes([event], ['n1', 'n2'], rule))
  all.enter(0)
  return all
}

/** Every range of send times with one answer: where it begins, class, cause, node. */
function ranges(openedMicros = Number.POSITIVE_INFINITY): unknown[] {
  const all = judge()
  const found: unknown[] = []
  for (let sent = 1_000; sent < Number.POSITIVE_INFINITY; sent = all.untilMicros) {
    all.judge(sent, openedMicros)
    found.push([sent, all.lossClass, all.causes.name(all.cause), all.node])
  }
  return found
}

describe('LossJudge', () => {
  it('cuts time where its answer changes', () => {
    expect(ranges()).toEqual([
      [1_000, 'missingAtBoundary', 'unexplained', 0],
      [expect.closeTo(1_005, 9), 'lostInFlight', 'unexplained', 0],
      [2_900, 'lostOnDisconnect', 'unexplained', 0],
      [2_995, 'missingAtBoundary', 'unexplained', 0],
      [expect.closeTo(3_000, 9), 'missingAtBoundary', 'unexplained', 0],
      [expect.closeTo(3_005, 9), 'lostWhileOffline', 'unexplained', 0],
      [3_495, 'missingAtBoundary', 'unexplained', 0],
      [3_500, 'missingAtBoundary', 'unexplained', 1],
      [expect.closeTo(3_505, 9), 'lostInFlight', 'unexplained', 1],
      [3_900, 'lostInFlight', 'kill', 1],
      [4_000, 'lostInFlight', 'kill', 1],
      [expect.closeTo(6_000, 9), 'lostInFlight', 'unexplained', 1],
    ])
  })

  it('is sure of a loss in flight up to the end where a later message came before it', () => {
    const until = (openedMicros: number) => ranges(openedMicros).slice(2, 3)
    expect(until(3_000)).toEqual([[2_900, 'lostInFlight', 'unexplained', 0]])
    expect(until(3_001)).toEqual([[2_900, 'lostOnDisconnect', 'unexplained', 0]])
  })

  it('answers the same at the last moment of a range, asked in any order', () => {
    const all = judge()
    const answers = [6_000, 6_000.001, 3_899.999, 3_900, 6_000].map((sent) => {
      all.judge(sent, Number.POSITIVE_INFINITY)
      return all.causes.name(all.cause)
    })
    expect(answers).toEqual(['kill', 'unexplained', 'unexplained', 'kill', 'kill'])
  })
})
