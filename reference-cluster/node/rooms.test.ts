import { expect, test } from 'vitest'
import { Rooms } from './rooms.js'

const member = () => ({ channels: new Set<number>() })

const ignore = () => {}

test('a member hears exactly the channels it joined, once each', () => {
  const rooms = new Rooms<ReturnType<typeof member>>(ignore)
  const [first, second] = [member(), member()]
  rooms.join(first, 1)
  rooms.join(first, 1)
  rooms.join(first, 2)
  rooms.join(second, 2)
  expect([...rooms.members(1)]).toEqual([first])
  expect([...rooms.members(2)]).toEqual([first, second])
  expect(rooms.members(3).size).toBe(0)
  expect(rooms.subscriptions).toBe(3)
})

test('who leaves is in no room and others stay', () => {
  const emptied: number[] = []
  const rooms = new Rooms<ReturnType<typeof member>>((channel) => emptied.push(channel))
  const [first, second] = [member(), member()]
  for (const channel of [1, 2]) rooms.join(first, channel)
  rooms.join(second, 2)
  rooms.leaveAll(first)
  rooms.leaveAll(first)
  expect(emptied).toEqual([1])
  expect(rooms.members(1).size).toBe(0)
  expect([...rooms.members(2)]).toEqual([second])
  expect(rooms.subscriptions).toBe(1)
})
