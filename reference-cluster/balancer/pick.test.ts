import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/base/random.js'
import {
  type Candidate,
  consistentHash,
  cookie,
  ipHash,
  leastConnections,
  type PickRequest,
  picks,
  randomTwo,
  roundRobin,
} from './pick.js'

const nodes = (changes: Partial<Candidate>[]): Candidate[] =>
  changes.map((change, index) => ({ id: `n${index + 1}`, index, open: 0, isEligible: true, ...change }))
const from = (changes: Partial<PickRequest> = {}): PickRequest => ({
  address: '127.1.2.3',
  cookie: null,
  id: null,
  lastIndex: -1,
  random: createRandom(1),
  ...changes,
})

describe.each(Object.entries(picks))('%s', (_name, pick) => {
  test('picks no node when none is eligible, and the only one that is', () => {
    expect(pick([], from())).toBeUndefined()
    expect(pick(nodes([{ isEligible: false }, { isEligible: false }]), from())).toBeUndefined()
    const only = nodes([{ isEligible: false }, { open: 99 }, { isEligible: false }])
    for (let octet = 0; octet < 256; octet += 1) {
      const client = { address: `127.0.${octet}.1`, cookie: 'n1', id: `c${octet}` }
      expect(pick(only, from({ ...client, lastIndex: octet % 3 }))?.id).toBe('n2')
    }
  })
})

test('roundRobin takes one after the other, and skips those that are not eligible', () => {
  const three = nodes([{}, { isEligible: false }, {}])
  const order = [-1, 0, 1, 2].map((lastIndex) => roundRobin(three, from({ lastIndex }))?.id)
  expect(order).toEqual(['n1', 'n3', 'n3', 'n1'])
})

test('leastConnections takes the node with the fewest connections, round-robin among equals', () => {
  expect(leastConnections(nodes([{ open: 3 }, { open: 1 }, { open: 2 }]), from())?.id).toBe('n2')
  expect(
    leastConnections(nodes([{ open: 3 }, { open: 0, isEligible: false }, { open: 2 }]), from())?.id,
  ).toBe('n3')
  const equals = nodes([{ open: 1 }, { open: 1 }, { open: 1 }])
  expect([-1, 0, 1, 2].map((lastIndex) => leastConnections(equals, from({ lastIndex }))?.id)).toEqual([
    'n1',
    'n2',
    'n3',
    'n1',
  ])
})

describe('ipHash', () => {
  const four = nodes([{}, {}, {}, {}])
  const spread = Array.from(
    { length: 256 },
    (_, octet) => ipHash(four, from({ address: `127.0.${octet}.1` }))?.id,
  )

  test('keys on three octets: a whole /24 goes to one node', () => {
    const ids = Array.from(
      { length: 256 },
      (_, host) => ipHash(four, from({ address: `127.9.8.${host}` }))?.id,
    )
    expect(new Set(ids).size).toBe(1)
    expect(ipHash(four, from({ address: '::ffff:127.9.8.7' }))?.id).toBe(ids[0])
  })

  test('uses every node', () => {
    expect(new Set(spread)).toEqual(new Set(['n1', 'n2', 'n3', 'n4']))
  })

  test('a node out of the pool moves only its own clients', () => {
    const without = nodes([{}, {}, { isEligible: false }, {}])
    const moved = spread.map((before, octet) => {
      const after = ipHash(without, from({ address: `127.0.${octet}.1` }))?.id
      return before === 'n3' ? after !== 'n3' : after === before
    })
    expect(moved).not.toContain(false)
  })

  test('is the same function as ngx_http_upstream_ip_hash_module', () => {
    // By hand: ((89·113 + 127) mod 6271 = 3913; (3913·113 + 1) mod 6271 = 3200; (3200·113 + 2) mod 6271 = 4155) mod 4
    expect(ipHash(four, from({ address: '127.1.2.3' }))?.index).toBe(4155 % 4)
  })
})

test('randomTwo takes the drawn node with fewer connections, the first of equals, and never draws one node twice', () => {
  const four = nodes([{ open: 5 }, { open: 3 }, { isEligible: false }, { open: 3 }])
  const drawing = (...draws: number[]) => randomTwo(four, from({ random: () => draws.shift()! }))?.id
  expect(drawing(0, 0)).toBe('n2')
  expect(drawing(0.99, 0)).toBe('n4')
  expect(drawing(0.34, 0.99)).toBe('n2')
  expect(drawing(0.99, 0.99)).toBe('n4')
})

describe('consistentHash', () => {
  const ids = Array.from({ length: 2_000 }, (_, index) => `c${index}`)
  const placed = (of: readonly Candidate[]) => ids.map((id) => consistentHash(of, from({ id }))?.id)
  const four = placed(nodes([{}, {}, {}, {}]))
  const moved = (after: readonly (string | undefined)[]) =>
    ids.filter((_, index) => after[index] !== four[index])

  test('gives each of four nodes about a quarter', () => {
    for (const node of ['n1', 'n2', 'n3', 'n4']) {
      const share = four.filter((id) => id === node).length / ids.length
      expect(share).toBeGreaterThan(0.18)
      expect(share).toBeLessThan(0.32)
    }
  })

  test('an added node takes about a fifth of the clients, and none moves between the others', () => {
    const five = placed(nodes([{}, {}, {}, {}, {}]))
    expect(moved(five)).toEqual(ids.filter((_, index) => five[index] === 'n5'))
    expect(moved(five).length / ids.length).toBeGreaterThan(0.13)
    expect(moved(five).length / ids.length).toBeLessThan(0.27)
  })

  test('a node out of the pool moves only its own clients', () => {
    expect(moved(placed(nodes([{}, { isEligible: false }, {}, {}])))).toEqual(
      ids.filter((_, index) => four[index] === 'n2'),
    )
  })

  test('clients without an id get round-robin', () => {
    expect(consistentHash(nodes([{}, {}]), from({ lastIndex: 0 }))?.id).toBe('n2')
  })
})

test('cookie takes the named node; without a cookie, or when that node is not eligible, round-robin', () => {
  const three = nodes([{}, {}, { isEligible: false }])
  expect(cookie(three, from({ cookie: 'n2', lastIndex: 1 }))?.id).toBe('n2')
  expect(cookie(three, from({ cookie: 'n3', lastIndex: 0 }))?.id).toBe('n2')
  expect(cookie(three, from({ cookie: 'n9', lastIndex: 1 }))?.id).toBe('n1')
  expect(cookie(three, from())?.id).toBe('n1')
})
