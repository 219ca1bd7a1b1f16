import { expect, it, vi } from 'vitest'
import { UndoStack } from './undo-stack.js'

const never = () => new Promise<void>(() => {})

it('undoes in reverse, whatever fails, and tells what did', async () => {
  const undone: string[] = []
  const stack = new UndoStack(1_000)
  stack.push('the cluster', async () => void undone.push('cluster'))
  stack.push('the chaos', async () => {
    throw new Error('not undone')
  })
  stack.push('the generator', async () => void undone.push('generator'))
  expect(await stack.all()).toEqual(['taking down the chaos: not undone'])
  expect(undone).toEqual(['generator', 'cluster'])
})

it('gives up a step that hangs at its deadline, which some have later than others', async () => {
  vi.useFakeTimers()
  const undone: string[] = []
  const stack = new UndoStack(1_000)
  stack.push('the cluster', async () => void undone.push('cluster'))
  stack.push('the chaos', never, 4_000)
  const all = stack.all()
  await vi.advanceTimersByTimeAsync(4_999)
  expect(undone).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  vi.useRealTimers()
  expect(await all).toEqual(['taking down the chaos: not done within 5000 ms'])
  expect(undone).toEqual(['cluster'])
})
