import { afterEach, expect, it, vi } from 'vitest'
import type { PartSample } from '../cluster/cluster.js'
import { Sampler } from './sampler.js'

afterEach(() => {
  vi.useRealTimers()
})

const sampleOf = (part: string): PartSample => ({ part, rssBytes: 1, cpuMicros: 1 })

/** A sampler of a cluster whose samples are `answers`, one after the other, then empty ones. */
function samplerOf(answers: (() => Promise<readonly PartSample[]>)[]) {
  vi.useFakeTimers()
  const sample = vi.fn(() => answers.shift()?.() ?? Promise.resolve([]))
  return { sample, sampler: new Sampler({ nodes: [], sample }) }
}

it('skips a sample that fails', async () => {
  const { sampler } = samplerOf([
    () => Promise.reject(new Error('no such process')),
    async () => [sampleOf('n1')],
    () => Promise.reject(new Error('no such process')),
  ])
  await vi.advanceTimersByTimeAsync(2_000)
  await sampler.stop()
  expect(sampler.samples).toEqual([{ ...sampleOf('n1'), atMicros: expect.any(Number) }])
})

it('takes one sample at a time, however long it takes, and waits for it at the end', async () => {
  let answer = (_: readonly PartSample[]): void => {}
  const slow = new Promise<readonly PartSample[]>((resolve) => {
    answer = resolve
  })
  const { sampler, sample } = samplerOf([() => slow, async () => [sampleOf('last')]])
  await vi.advanceTimersByTimeAsync(3_500)
  expect(sample).toHaveBeenCalledTimes(1)
  const stopped = sampler.stop()
  answer([sampleOf('slow')])
  await stopped
  expect(sampler.samples.map(({ part }) => part)).toEqual(['slow', 'last'])
})
