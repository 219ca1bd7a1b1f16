import { describe, expect, test } from 'vitest'
import { type Candidate, cookie, ipHash, leastConnections, type PickRequest, roundRobin } from './pick.js'

const nodes = (changes: Partial<Candidate>[]): Candidate[] =>
  changes.map((change, index) => ({ id: `n${index + 1}`, index, open: 0, isEligible: true, ...change }))
const from = (changes: Partial<PickRequest> = {}): PickRequest => ({
  address: '127.1.2.3',
  cookie: null,
  lastIndex: -1,
  ...changes,
})

describe.each(Object.entries({ roundRobin, leastConnections, ipHash, cookie }))('%s', (_name, pick) => {
  test('picks nobody where nobody is eligible, and the only one who is', () => {
    expect(pick([], from())).toBeUndefined()
    expect(pick(nodes([{ isEligible: false }, { isEligible: false }]), from())).toBeUndefined()
    const only = nodes([{ isEligible: false }, { open: 99 }, { isEligible: false }])
    for (let octet = 0; octet < 256; octet += 1) {
      expect(pick(only, from({ address: `127.0.${octet}.1`, cookie: 'n1', lastIndex: octet % 3 }))?.id).toBe(
        'n2',
      )
    }
  })
})

test('roundRobin goes round, past those who are not eligible', () => {
  const three = nodes([{}, { isEligible: false }, {}])
  const order = [-1, 0, 1, 2].map((lastIndex) => roundRobin(three, from({ lastIndex }))?.id)
  expect(order).toEqual(['n1', 'n3', 'n3', 'n1'])
})

test('leastConnections takes the emptiest, and goes round among equals', () => {
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

test('cookie names its node; without one, or with one that cannot be had, it goes round', () => {
  const three = nodes([{}, {}, { isEligible: false }])
  expect(cookie(three, from({ cookie: 'n2', lastIndex: 1 }))?.id).toBe('n2')
  expect(cookie(three, from({ cookie: 'n3', lastIndex: 0 }))?.id).toBe('n2')
  expect(cookie(three, from({ cookie: 'n9', lastIndex: 1 }))?.id).toBe('n1')
  expect(cookie(three, from())?.id).toBe('n1')
})
