import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { linkedController } from './linked-controller.js'

it('aborts with any of its signals, and at once with one that is aborted already', () => {
  const [first, second] = [new AbortController(), new AbortController()]
  const linked = linkedController(first.signal, second.signal)
  expect(linked.signal.aborted).toBe(false)
  second.abort()
  expect(linked.signal.aborted).toBe(true)
  expect(linkedController(second.signal).signal.aborted).toBe(true)
})

it('leaves no listener behind once it is aborted', () => {
  const long = new AbortController()
  const listeners = () => getEventListeners(long.signal, 'abort').length
  const linked = [linkedController(long.signal), linkedController(AbortSignal.abort(), long.signal)]
  expect(listeners()).toBe(1)
  for (const controller of linked) controller.abort()
  expect(listeners()).toBe(0)
})
