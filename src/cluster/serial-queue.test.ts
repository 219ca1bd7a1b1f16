import { expect, test } from 'vitest'
import { serialQueue } from './serial-queue.js'

test('each task waits for the previous one, even if that failed', async () => {
  const happened: string[] = []
  const run = serialQueue()
  const task = (name: string, outcome: Promise<void>) => async () => {
    happened.push(`${name} begins`)
    await outcome.finally(() => happened.push(`${name} ends`))
  }
  const first = run(task('first', Promise.reject(new Error('it failed'))))
  const second = run(task('second', Promise.resolve()))
  await expect(first).rejects.toThrow('it failed')
  await second
  expect(happened).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})
