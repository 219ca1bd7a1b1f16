import { expect, it, vi } from 'vitest'
import { UndoStack } from './undo-stack.js'

const never = () => new Promise<void>(() => {})

it('undoes in reverse order, even if a step fails, and returns the errors', async () => {
  const undone: string[] = []
  const stack = new UndoStack(1_000)
  stack.push('the cluster', async () => void undone.push('cluster'))
  stack.push('the events', async () => {
    throw new Error('cleanup required')
  })
  stack.push('the generator', async () => void undone.push('generator'))
  expect(await stack.all()).toEqual(['taking down the events: cleanup required'])
  expect(undone).toEqual(['generator', 'cluster'])
})

it('abandons a step that hangs at its deadline, plus the extra time of that step', async () => {
  vi.useFakeTimers()
  const undone: string[] = []
  const stack = new UndoStack(1_000)
  stack.push('the cluster', async () => void undone.push('cluster'))
  stack.push('the events', never, 4_000)
  const all = stack.all()
  await vi.advanceTimersByTimeAsync(4_999)
  expect(undone).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  vi.useRealTimers()
  expect(await all).toEqual(['taking down the events: not done within 5000 ms'])
  expect(undone).toEqual(['cluster'])
})
