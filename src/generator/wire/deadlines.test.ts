import { expect, it } from 'vitest'
import { Deadlines } from './deadlines.js'

it('calls each waiter once and not before its time, unless it was disarmed or postponed', async () => {
  const deadlines = new Deadlines()
  const began = performance.now()
  const called: string[] = []
  const waiter = (name: string, onCall = (): void => {}) => ({
    deadlineMicros: 0,
    onDeadline: () => {
      called.push(name)
      onCall()
    },
  })
  const [disarmed, postponed] = [waiter('disarmed'), waiter('postponed')]
  deadlines.arm(disarmed, 1)
  deadlines.arm(postponed, 1)
  deadlines.arm(waiter('first'), 50)
  deadlines.disarm(disarmed)
  deadlines.arm(postponed, 60_000)
  await new Promise<void>((resolve) => deadlines.arm(waiter('last', resolve), 150))
  expect(performance.now() - began).toBeGreaterThanOrEqual(149)
  expect(called).toEqual(['first', 'last'])
})
