import { expect, it } from 'vitest'
import type { ChannelGroupPlan } from '../plan/plan.js'
import { createSchedule, type Schedule } from './schedule.js'

const group: ChannelGroupPlan = {
  name: 'scores',
  firstChannel: 0,
  count: 1,
  members: 10,
  firstPublisher: 4,
  publishers: 4,
  via: 'client',
  echoes: true,
  rateHz: 2,
  arrival: 'constant',
  sizeBytes: 128,
}

function take(schedule: Schedule, count: number): number[] {
  return Array.from({ length: count }, () => {
    const time = schedule.nextMicros
    schedule.advance()
    return time
  })
}

it('constant: start + k · interval, with the publishers of a group spread over one interval', () => {
  expect(take(createSchedule(group, 4, 1), 3)).toEqual([62_500, 562_500, 1_062_500])
  expect(take(createSchedule(group, 7, 1), 2)).toEqual([437_500, 937_500])
})

it('constant: no drift after a million messages', () => {
  const thirds = createSchedule({ ...group, publishers: 1, rateHz: 3 }, 4, 1)
  const last = take(thirds, 1_000_000).at(-1)!
  expect(Math.abs(last - (0.5 + 999_999) * (1e6 / 3))).toBeLessThan(0.01)
})

it('poisson: the rate on average, and a function of seed and publisher alone', () => {
  const draw = (publisher = 4, seed = 7) =>
    take(createSchedule({ ...group, arrival: 'poisson' }, publisher, seed), 20_000)
  const times = draw()
  expect(draw()).toEqual(times)
  expect(draw(5)[0]).not.toBe(times[0])
  expect(draw(4, 8)[0]).not.toBe(times[0])
  expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true)
  expect(times.at(-1)! / 20_000).toBeGreaterThan(480_000)
  expect(times.at(-1)! / 20_000).toBeLessThan(520_000)
})
