import { describe, expect, it } from 'vitest'
import { MAX_REFUSALS, mergeRefusals, refusalWords } from '../results/refusals.js'
import { remembered } from './external/filled.js'
import { Refusals } from './refusals.js'

const closed = { stage: 'subscribe', kind: 'close-4401', who: 'c3' } as const

describe('the refusals of a worker', () => {
  it('are counted by their words, with the first who was refused', () => {
    const refusals = new Refusals()
    const number = refusals.add({ ...closed, words: 'token expired' })
    refusals.add({ ...closed, words: 'token expired', who: 'c4' })
    refusals.add({ ...closed, words: 'banned', who: 'p0' })
    expect(refusals.report([number, number, -1], [])).toMatchObject([
      { kind: 'close-4401', words: 'token expired', count: 2, example: 'c3', neverSubscribed: 2 },
      { words: 'banned', count: 1, example: 'p0', neverSubscribed: 0 },
    ])
  })

  it('keep words printable, in one short line, without what was filled in', () => {
    remembered('tok-12345')
    remembered('tok-67890')
    const refusals = new Refusals()
    refusals.add({ ...closed, words: 'no\r\n\u001b[31m tok-12345' })
    refusals.add({ ...closed, words: 'no\r\n\u001b[31m tok-67890' })
    refusals.add({ ...closed, words: 'x'.repeat(1_000_000) })
    const [masked, long] = refusals.report([], [])
    expect(masked).toMatchObject({ words: 'no \\u{1b}[31m …', count: 2 })
    expect(long!.words).toBe(`${'x'.repeat(199)}…`)
  })

  it('are bounded: what comes in ever other words is summed up', () => {
    const refusals = new Refusals()
    for (let index = 0; index < 1_000; index += 1) refusals.add({ ...closed, words: `user ${index}` })
    const report = refusals.report([], [])
    expect(report).toHaveLength(MAX_REFUSALS + 1)
    expect(report.at(-1)).toMatchObject({
      stage: 'any',
      kind: 'other',
      words: '',
      count: 1_000 - MAX_REFUSALS,
    })
    const merged = mergeRefusals([...report, ...report])
    expect(merged).toHaveLength(MAX_REFUSALS + 1)
    expect(merged.reduce((sum, { count }) => sum + count, 0)).toBe(2_000)
    expect(merged.at(-1)!.kind).toBe('other')
  })
})

it('merges workers: the most frequent first, and the earliest example', () => {
  const one = {
    ...closed,
    words: 'a',
    count: 2,
    firstMicros: 9,
    example: 'c1',
    neverSubscribed: 1,
    neverConnected: 0,
  }
  const other = { ...one, count: 3, firstMicros: 5, example: 'c2' }
  const rare = { ...one, words: 'b', count: 1 }
  expect(mergeRefusals([rare, one, other])).toMatchObject([
    { words: 'a', count: 5, firstMicros: 5, example: 'c2', neverSubscribed: 2 },
    { words: 'b', count: 1 },
  ])
})

it.each([
  ['subscribe', 'close-4401', 'token expired', 'closed with 4401 token expired'],
  ['subscribe', 'close-1006', '', 'closed with 1006'],
  ['connect', 'http-301', 'Moved Permanently; Location: /x', 'http-301 Moved Permanently; Location: /x'],
  ['subscribe', 'rejected', 'CONNACK 5: not authorized', 'rejected: CONNACK 5: not authorized'],
  ['publish', 'rejected', 'no rights', 'publish refused: no rights'],
  ['connect', 'refused', '', 'refused'],
] as const)('%s %s %s is told as "%s"', (stage, kind, words, told) => {
  expect(refusalWords({ stage, kind, words })).toBe(told)
})
