import { describe, expect, it } from 'vitest'
import { checkConservation } from './conservation.js'
import type { Copy } from './copy.js'
import type { GapLimits } from './gap-lists.js'
import { followHistory, judgeHistory, pendingAt, unackedDeliveredTo } from './testing/follow-history.js'
import type { Happening, History } from './testing/oracle.js'
import { received } from './tracker.js'
import { type DeliveryReport, deliveryClasses, notDue, outcomes } from './types.js'

const { acked, failed, refused, unacked } = outcomes

/** Two clients on one channel with one publisher. Message s is sent at 1000·s. D = 100, ε = 5. */
function judged(outcome: readonly number[], ...happenings: readonly Happening[]): DeliveryReport {
  const history = historyOf(outcome, happenings)
  const { report } = judgeHistory(history, followHistory(history, 1))
  expect(checkConservation(report)).toEqual([])
  return report
}

function historyOf(outcome: readonly number[], happenings: readonly Happening[]): History {
  return {
    clients: 2,
    groups: [
      {
        name: 'scores',
        firstChannel: 0,
        count: 1,
        members: 2,
        firstPublisher: 0,
        publishers: 1,
        via: 'client',
        echoes: true,
        rateHz: 1,
        arrival: 'constant',
        sizeBytes: 64,
      },
    ],
    spans: [{ name: 'steady', startMs: 0, endMs: 1_000 }],
    measureMicros: 0,
    graceMicros: 100,
    boundaryMicros: 5,
    nodeNames: ['n1', 'n2'],
    causes: [],
    poolRemovals: [],
    ledgers: [
      {
        stream: 0,
        sentMicros: Float64Array.from(outcome, (_, position) => (position + 1) * 1_000),
        outcome: Uint8Array.from(outcome),
        spanStarts: Uint32Array.of(0),
        connections: [],
      },
    ],
    happenings,
  }
}

function begin(at: number, { node = 0, recovered = false, client = 0 } = {}): Happening {
  return { kind: 'begin', client, at, node, recovered }
}

function end(at: number): Happening {
  return { kind: 'end', client: 0, at }
}

function copies(...sequences: readonly number[]): Happening[] {
  return sequences.map((sequence) => copy({ sequence }))
}

function copy(options: {
  sequence?: number
  client?: number
  channel?: number
  isOnLeft?: boolean
  age?: number
}): Happening {
  const { sequence = 1, client = 0, channel = 0, isOnLeft = false, age = 0 } = options
  const sent = Math.max(1, sequence) * 1_000
  const when = { planned: sent, sent, at: sent + age }
  return { kind: 'copy', client, channel, publisher: 0, sequence, ...when, isOnLeft }
}

function handOver(at: number, recovered = false): Happening {
  return { kind: 'handOver', client: 0, at, node: 1, recovered }
}

function endLeft(at: number): Happening {
  return { kind: 'endLeft', client: 0, at }
}

function leftCopies(...sequences: readonly number[]): Happening[] {
  return sequences.map((sequence) => copy({ sequence, isOnLeft: true }))
}

/** What became of due messages: the classes of the total that are not 0. */
function counts(report: DeliveryReport): Partial<Record<string, number>> {
  const { planned: _, ...others } = allCounts(report)
  return Object.fromEntries(
    Object.entries(others).filter(([name]) => !notDue.some((other) => other === name)),
  )
}

/** The classes of the total that are not 0. */
function allCounts({ total }: DeliveryReport): Partial<Record<string, number>> {
  return Object.fromEntries(
    deliveryClasses.flatMap((name) => (total[name] === 0 ? [] : [[name, total[name]]])),
  )
}

const four = [acked, acked, acked, acked]

describe('what becomes of a due message', () => {
  it('is delivered: all came', () => {
    expect(counts(judged(four, begin(500), ...copies(1, 2, 3, 4)))).toEqual({ due: 4, delivered: 4 })
  })

  it('is lost in flight at the head, though nothing came before it', () => {
    expect(counts(judged(four, begin(500), ...copies(3, 4)))).toEqual({
      due: 4,
      delivered: 2,
      lostInFlight: 2,
    })
  })

  it('is lost in flight at the tail, though nothing came after it', () => {
    expect(counts(judged(four, begin(500), ...copies(1, 2)))).toEqual({
      due: 4,
      delivered: 2,
      lostInFlight: 2,
    })
  })

  it('is lost in flight when nothing came at all', () => {
    expect(counts(judged(four, begin(500)))).toEqual({ due: 4, lostInFlight: 4 })
  })

  it('is due to a late joiner from its first subscription on', () => {
    expect(counts(judged(four, begin(2_500), ...copies(3, 4)))).toEqual({ due: 2, delivered: 2 })
  })

  it('is lost on disconnect or while offline around a reconnect in mid-burst, to the µs', () => {
    const sentAtTheEdge = judged(four, begin(500), ...copies(1), end(2_100), begin(3_500), ...copies(4))
    expect(counts(sentAtTheEdge)).toEqual({ due: 4, delivered: 2, lostOnDisconnect: 1, lostWhileOffline: 1 })
    const sentBefore = judged(four, begin(500), ...copies(1), end(2_101), begin(3_500), ...copies(4))
    expect(counts(sentBefore)).toEqual({ due: 4, delivered: 2, lostInFlight: 1, lostWhileOffline: 1 })
  })

  it('is lost in flight where a later one came on the same connection, however soon that ended', () => {
    // The case of atbreak.mjs: the drain that ended the connection is no excuse for what was overtaken before it.
    const history = historyOf(four, [
      begin(500),
      ...copies(1, 3),
      end(3_050),
      begin(3_200, { node: 1 }),
      ...copies(4),
    ])
    const when = { startedMicros: 3_010, untilMicros: 9_000 }
    const drain = {
      id: 'node-drain#1',
      explains: { disconnects: true, lossesInFlight: 'of its nodes' },
      ...when,
      turns: [{ node: 'n1', ...when }],
      cutsAllUntilMicros: null,
      poolChangedMicros: null,
    } as const
    const slow = { ...history, graceMicros: 1_500, causes: [drain] }
    const { report } = judgeHistory(slow, followHistory(slow, 1))
    expect(counts(report)).toEqual({ due: 4, delivered: 3, lostInFlight: 1 })
    expect(report.byCause).toMatchObject({
      unexplained: { lostInFlight: 1 },
      'node-drain#1': { lostInFlight: 0, lostOnDisconnect: 0 },
    })
    expect(report.unexplainedDuring).toEqual({ 'node-drain#1': 0 })
  })

  it('is lost while offline by who never comes back', () => {
    expect(counts(judged(four, begin(500), ...copies(1), end(1_500)))).toEqual({
      due: 4,
      delivered: 1,
      lostWhileOffline: 3,
    })
  })

  it('is a false recovery where the server said that the gap was filled', () => {
    const back = begin(3_500, { recovered: true })
    expect(counts(judged(four, begin(500), ...copies(1), end(2_050), back, ...copies(4)))).toEqual({
      due: 4,
      delivered: 2,
      falseRecovery: 2,
    })
  })

  it.each([
    [994, 'lostInFlight'],
    [995, 'missingAtBoundary'],
    [1_000, 'missingAtBoundary'],
  ])('is not judged within ε of a subscription at %i (%s)', (at, name) => {
    expect(counts(judged([acked], begin(at), end(9_000)))).toEqual({ due: 1, [name]: 1 })
  })

  it.each([
    [994, 'lostWhileOffline'],
    [995, 'missingAtBoundary'],
    [1_005, 'missingAtBoundary'],
    [1_006, 'lostOnDisconnect'],
  ])('is not judged within ε of an end at %i (%s)', (at, name) => {
    expect(counts(judged([acked], begin(500), end(at)))).toEqual({ due: 1, [name]: 1 })
  })
})

describe('a planned delivery that was not due', () => {
  const both = [begin(500), begin(500, { client: 1 })]

  it('is unpublished where the message was never written, or refused and received by nobody', () => {
    expect(allCounts(judged([failed, refused], ...both))).toEqual({ planned: 4, unpublished: 4 })
    expect(allCounts(judged([refused], ...both, copy({})))).toEqual({
      planned: 2,
      due: 2,
      delivered: 1,
      lostInFlight: 1,
    })
  })

  it('is neverSubscribed until the first subscription, though a copy may come by replay', () => {
    const report = judged(four, begin(2_500), ...copies(1, 2, 3, 4))
    expect(allCounts(report)).toEqual({ planned: 8, neverSubscribed: 6, due: 2, delivered: 2 })
    expect(report.byCause).toMatchObject({ unexplained: { neverSubscribed: 6 } })
    expect(report.byNode).toMatchObject({ n1: { planned: 2 }, n2: { planned: 0 } })
  })

  it('is indeterminate where nobody received the message and nothing confirmed it', () => {
    expect(allCounts(judged([unacked], ...both))).toEqual({ planned: 2, indeterminate: 2 })
  })

  it('is unpublished before it is neverSubscribed, and that before it is indeterminate', () => {
    expect(allCounts(judged([failed, unacked], begin(500)))).toEqual({
      planned: 4,
      unpublished: 2,
      neverSubscribed: 1,
      indeterminate: 1,
    })
  })

  it('counts to the last scheduled message, though nobody was ever connected', () => {
    expect(allCounts(judged([failed, failed, failed]))).toEqual({ planned: 6, unpublished: 6 })
  })
})

describe('how a message came', () => {
  it('reordered: after a later one of its epoch, and still delivered', () => {
    expect(counts(judged(four, begin(500), ...copies(1, 3, 2, 4)))).toEqual({
      due: 4,
      delivered: 4,
      reordered: 1,
    })
  })

  it('late: in its epoch, but after D', () => {
    const inTime = copy({ sequence: 1, age: 100 })
    const late = [2, 3].map((sequence) => copy({ sequence, age: 101 }))
    const report = judged(four, begin(500), inTime, ...late, ...copies(4))
    expect(counts(report)).toEqual({ due: 4, delivered: 2, late: 2 })
    expect(report.byNode).toMatchObject({ n1: { delivered: 2, late: 2 } })
  })

  it('late and reordered: after D, and after a later one of its epoch', () => {
    const overtaken = copy({ sequence: 2, age: 2_500 })
    expect(counts(judged(four, begin(500), ...copies(1, 3, 4), overtaken))).toEqual({
      due: 4,
      delivered: 3,
      late: 1,
      reordered: 1,
    })
  })

  it('not late, however old: replayed, before it was due, or again', () => {
    const old = (sequence: number) => copy({ sequence, age: 5_000 })
    const replayed = judged(four, begin(500), ...copies(1), end(1_500), begin(3_500), old(2), ...copies(3, 4))
    expect(counts(replayed)).toEqual({ due: 4, delivered: 2, replayed: 2 })
    const beforeDue = judged(four, begin(2_500), old(1), ...copies(3, 4))
    expect(counts(beforeDue)).toEqual({ due: 2, delivered: 2 })
    const again = judged(four, begin(500), ...copies(1, 2, 3, 4), old(2))
    expect(counts(again)).toEqual({ due: 4, delivered: 4, duplicateInEpoch: 1 })
  })

  it('late on the connection that is left, at the node that it was due to', () => {
    const afterwards = [handOver(2_500), copy({ sequence: 2, isOnLeft: true, age: 600 }), endLeft(2_900)]
    const report = judged(four, begin(500), ...copies(1), ...afterwards, ...copies(3, 4))
    expect(counts(report)).toEqual({ due: 4, delivered: 3, late: 1 })
    expect(report.byNode).toMatchObject({ n1: { due: 2, late: 1 }, n2: { due: 2, late: 0 } })
  })

  it('replayed: of an earlier epoch, in order or not, and not reordered', () => {
    const inOrder = judged(four, begin(500), ...copies(1), end(1_500), begin(3_500), ...copies(2, 3, 4))
    const backwards = judged(four, begin(500), ...copies(1), end(1_500), begin(3_500), ...copies(4, 3, 2))
    expect(counts(inOrder)).toEqual({ due: 4, delivered: 2, replayed: 2 })
    expect(counts(backwards)).toEqual({ due: 4, delivered: 2, replayed: 2 })
  })

  it('twice in one epoch', () => {
    expect(counts(judged(four, begin(500), ...copies(1, 2, 2, 3, 4, 1)))).toEqual({
      due: 4,
      delivered: 4,
      duplicateInEpoch: 2,
    })
  })

  it('again in a later epoch', () => {
    expect(
      counts(judged(four, begin(500), ...copies(1, 2), end(2_500), begin(2_600), ...copies(2, 3, 4))),
    ).toEqual({
      due: 4,
      delivered: 4,
      duplicateAcrossEpochs: 1,
    })
  })

  it('twice in the epoch that also filled the gap of an older one', () => {
    const older = [begin(500), ...copies(1, 4), end(4_100), begin(4_200)]
    expect(counts(judged(four, ...older, ...copies(3, 2, 3, 2)))).toEqual({
      due: 4,
      delivered: 2,
      replayed: 2,
      duplicateInEpoch: 2,
    })
    const third = [end(4_300), begin(4_400), ...copies(3)]
    expect(counts(judged(four, ...older, ...copies(3, 2), ...third))).toMatchObject({
      duplicateAcrossEpochs: 1,
    })
  })

  it('before it was due: not judged', () => {
    const report = judged(four, begin(2_500), ...copies(1, 3, 4))
    expect(counts(report)).toEqual({ due: 2, delivered: 2 })
    expect(report.beforeDue).toBe(1)
  })
})

describe('in a handover, with two connections', () => {
  it('a message that comes on both is one delivery, whichever was first', () => {
    const oldFirst = [...leftCopies(2), ...copies(2, 3), ...leftCopies(3), endLeft(3_900), ...copies(4)]
    expect(counts(judged(four, begin(500), ...copies(1), handOver(1_500), ...oldFirst))).toEqual({
      due: 4,
      delivered: 4,
      duplicateAcrossEpochs: 2,
    })
  })

  it('each connection has its own order, so that none is told', () => {
    const crossed = [...copies(3), ...leftCopies(2, 3), endLeft(3_900), ...copies(4)]
    expect(counts(judged(four, begin(500), ...copies(1), handOver(1_500), ...crossed))).toEqual({
      due: 4,
      delivered: 4,
      duplicateAcrossEpochs: 1,
    })
  })

  it('once it is over, copies that the old connection had brought are no duplicates in the epoch', () => {
    const behind = [...leftCopies(2, 3), endLeft(3_100), ...copies(2, 3, 4, 4)]
    expect(counts(judged(four, begin(500), ...copies(1), handOver(1_500), ...behind))).toEqual({
      due: 4,
      delivered: 4,
      duplicateAcrossEpochs: 2,
      duplicateInEpoch: 1,
    })
  })

  it('once it is over, order and duplicates are judged again', () => {
    const after = [...copies(2), endLeft(2_100), ...copies(4, 3, 3)]
    expect(counts(judged(four, begin(500), ...copies(1), handOver(1_500), ...after))).toEqual({
      due: 4,
      delivered: 4,
      reordered: 1,
      duplicateInEpoch: 1,
    })
  })

  it('what the new connection brings of before is replayed, what the old one brings is not', () => {
    const replayed = [
      handOver(2_500, true),
      ...copies(2),
      ...leftCopies(1, 2),
      endLeft(2_600),
      ...copies(3, 4),
    ]
    expect(counts(judged(four, begin(500), ...replayed))).toEqual({
      due: 4,
      delivered: 3,
      replayed: 1,
      duplicateAcrossEpochs: 1,
    })
  })

  it('what neither brings is lost on the old connection before it, on the new one from it on', () => {
    const nothing = [handOver(2_500), endLeft(2_900), ...copies(4)]
    const report = judged(four, begin(500), ...nothing)
    expect(counts(report)).toEqual({ due: 4, delivered: 1, lostInFlight: 3 })
    expect(report.byNode).toMatchObject({ n1: { lostInFlight: 2 }, n2: { lostInFlight: 1 } })
    expect(
      counts(judged(four, begin(500), handOver(2_030), endLeft(2_050), ...copies(1, 3, 4))),
    ).toMatchObject({
      lostOnDisconnect: 1,
    })
    expect(
      counts(judged(four, begin(500), handOver(2_030, true), endLeft(2_050), ...copies(1, 3, 4))),
    ).toMatchObject({ falseRecovery: 1 })
  })

  it('an end is the end of both connections', () => {
    const both = [begin(500), ...copies(1), handOver(1_500), ...leftCopies(2), end(2_500), begin(2_600)]
    const report = judged(four, ...both, ...leftCopies(3), ...copies(3, 4))
    expect(counts(report)).toEqual({ due: 4, delivered: 4 })
    expect(report.unexpected).toBe(1)
  })

  it('a copy after the connection was left is unexpected', () => {
    const left = [begin(500), ...copies(1), handOver(1_500), endLeft(1_600), ...leftCopies(2)]
    expect(judged(four, ...left, ...copies(2, 3, 4)).unexpected).toBe(1)
  })
})

describe('what was not acked', () => {
  it('is due to nobody while nobody received it', () => {
    const two = [begin(500), begin(500, { client: 1 })]
    expect(counts(judged([unacked, failed], ...two))).toEqual({})
  })

  it('is unackedDelivered, and due to all, once somebody received it', () => {
    const one = judged([unacked], begin(500), begin(500, { client: 1 }), copy({ client: 1 }))
    expect(counts(one)).toEqual({ due: 2, delivered: 1, lostInFlight: 1 })
  })

  it('is unexpected when it was never written or never published', () => {
    const report = judged([acked, failed], begin(500), ...copies(1, 2, 3))
    expect(counts(report)).toEqual({ due: 1, delivered: 1 })
    expect(report.unexpected).toBe(2)
  })
})

describe('unexpected copies', () => {
  it.each([
    ['of a channel not subscribed', [begin(500), copy({ channel: 1 })]],
    ['with sequence 0', [begin(500), copy({ sequence: 0 })]],
    ['with a sequence no ledger can hold', [begin(500), copy({ sequence: 0xffffffff })]],
    ['before any subscription', [copy({})]],
    ['after the connection ended', [begin(500), end(900), copy({})]],
  ])('%s', (_, happenings) => {
    expect(judged([], ...happenings).unexpected).toBe(1)
  })
})

describe('very many losses', () => {
  const many = Array.from({ length: 110_000 }, () => acked)
  const isDropped = (sequence: number): boolean => sequence % 100 === 0 && sequence < many.length - 5
  const others = many.map((_, position) => position + 1).filter((sequence) => !isDropped(sequence))
  const lost = many.length - others.length

  it('are all counted, however many gaps they leave', () => {
    expect(lost).toBe(1_099)
    expect(counts(judged(many, begin(500), ...copies(...others)))).toEqual({
      due: many.length,
      delivered: many.length - lost,
      lostInFlight: lost,
    })
  })

  it('are ambiguous from where the memory for gaps ends, and exact before', () => {
    const history = historyOf(many, [begin(500), ...copies(...others)])
    const limits: GapLimits = { rangesOfPair: 10, ranges: 10, bitmapBytes: 0 }
    const { report } = judgeHistory(history, followHistory(history, 1, limits))
    expect(checkConservation(report)).toEqual([])
    expect(report.total.lostInFlight).toBe(10)
    expect(report.ambiguous).toBe(many.length - 1_099)
  })
})

describe('DeliveryTracker', () => {
  const copy = (sequence: number, sentMicros = sequence * 1_000): Copy => {
    const when = { plannedMicros: sentMicros, sentMicros, receivedMicros: sentMicros }
    return { client: 0, channel: 0, publisher: 0, sequence, ...when, isOnLeft: false }
  }

  it('names each copy as it comes', () => {
    const tracker = followHistory(historyOf(four, [begin(500)]), 1)[0]!
    const receive = (sequence: number): number => tracker.receive(copy(sequence))
    expect([receive(1), receive(3), receive(2), receive(2)]).toEqual([
      received.first,
      received.first,
      received.reordered,
      received.duplicateInEpoch,
    ])
    expect(tracker.endEpoch(0, 3_500)).toBe(true)
    expect(tracker.endEpoch(0, 3_500)).toBe(false)
    tracker.beginEpoch(0, 4_500, 0)
    expect([receive(4), receive(3)]).toEqual([received.replayed, received.duplicateAcrossEpochs])
    expect([tracker.receive(copy(9, 400)), receive(0)]).toEqual([received.beforeDue, received.unexpected])
  })

  it('ignores what comes after it was closed', () => {
    const history = historyOf([unacked], [begin(500)])
    const tracker = followHistory(history, 1)[0]!
    expect(unackedDeliveredTo(tracker, history)).toEqual([])
    expect(tracker.receive(copy(1))).toBe(received.ignored)
    expect(tracker.unexpected()).toBe(received.ignored)
    expect(judgeHistory(history, [tracker]).report).toMatchObject({ firstCopies: 0, unexpected: 0 })
  })

  it('reports what was corrupted and malformed before it was closed, of all workers', () => {
    const history = historyOf(four, [begin(500), ...copies(1, 2)])
    const trackers = followHistory(history, 2)
    for (const tracker of trackers) tracker.malformed()
    trackers[0]!.corruptedCopies = 1
    judgeHistory(history, trackers)
    for (const tracker of trackers) tracker.malformed()
    const { report } = judgeHistory(history, trackers)
    expect(report).toMatchObject({ corrupted: 1, malformed: 2 })
    expect(report.total).toMatchObject({ delivered: 2 })
  })

  it('is settled once every due message came or its deadline passed', () => {
    const history = historyOf(four, [begin(1_500), ...copies(3)])
    const tracker = followHistory(history, 1)[0]!
    const at = (now: number): number => pendingAt(tracker, { ...history, graceMicros: 5_000 }, now)
    expect([at(4_000), at(6_999), at(7_000), at(9_000)]).toEqual([2, 2, 1, 0])
    tracker.receive(copy(4))
    expect([at(6_999), at(7_000)]).toEqual([1, 0])
  })
})
