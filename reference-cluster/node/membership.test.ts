import { expect, test } from 'vitest'
import { Membership } from './membership.js'

const member = () => ({ channels: new Set<number>() })

const ignore = () => {}

test('a member is in exactly the channels it joined, once each', () => {
  const membership = new Membership<ReturnType<typeof member>>(ignore)
  const [first, second] = [member(), member()]
  membership.join(first, 1)
  membership.join(first, 1)
  membership.join(first, 2)
  membership.join(second, 2)
  expect([...membership.members(1)]).toEqual([first])
  expect([...membership.members(2)]).toEqual([first, second])
  expect(membership.members(3).size).toBe(0)
  expect(membership.subscriptions).toBe(3)
})

test('a member that leaves is in no channel, and the others stay', () => {
  const emptied: number[] = []
  const membership = new Membership<ReturnType<typeof member>>((channel) => emptied.push(channel))
  const [first, second] = [member(), member()]
  for (const channel of [1, 2]) membership.join(first, channel)
  membership.join(second, 2)
  membership.leaveAll(first)
  membership.leaveAll(first)
  expect(emptied).toEqual([1])
  expect(membership.members(1).size).toBe(0)
  expect([...membership.members(2)]).toEqual([second])
  expect(membership.subscriptions).toBe(1)
})
