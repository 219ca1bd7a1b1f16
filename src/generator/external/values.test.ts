import { expect, it } from 'vitest'
import { fillAll, fillValues } from './values.js'

const context = { seed: 1, feed: [{ user: 'ann' }, { user: 'bob' }], env: { TOKEN: 'x\r\nEvil: 1' } }
const identity = { id: 'c3', index: 3 }

it('fills in client, environment and feed row as they are, and leaves other names', () => {
  expect(fillValues('{client} {feed:user} {channel} {other}', identity, context)).toBe(
    'c3 bob {channel} {other}',
  )
  expect(fillValues('{env:TOKEN}', identity, context)).toBe('x\r\nEvil: 1')
  expect(fillAll({ a: ['{client}', 1, null], b: true }, identity, context)).toEqual({
    a: ['c3', 1, null],
    b: true,
  })
})

it('{uuid} is a valid UUID, the same for a client and seed, and different for others', () => {
  const of = (index: number, seed = 1) =>
    fillValues('{uuid}', { id: `c${index}`, index }, { ...context, seed })
  const all = Array.from({ length: 1_000 }, (_, index) => of(index))
  expect(new Set(all).size).toBe(1_000)
  for (const uuid of all)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect([of(7), of(7, 2) === of(7)]).toEqual([all[7], false])
})
