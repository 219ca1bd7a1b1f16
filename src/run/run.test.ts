import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { sampleRecord } from '../results/testing/sample-record.js'
import { run } from './run.js'

const { plan, scenarioHash, environment } = sampleRecord()

it('leaves no listener on the signal that the runs of a matrix share', async () => {
  const warn = vi.fn()
  process.on('warning', warn)
  onTestFinished(() => void process.off('warning', warn))
  const { signal } = new AbortController()
  let mostListeners = 0
  const startCluster = (): Promise<never> => {
    mostListeners = Math.max(mostListeners, getEventListeners(signal, 'abort').length)
    return Promise.reject(new Error('no cluster'))
  }
  for (let repeat = 0; repeat < 12; repeat += 1) {
    const result = run({ plan, scenarioHash, environment, startCluster, observer: {}, signal })
    await expect(result).rejects.toThrow('no cluster')
  }
  await setImmediate()
  expect(mostListeners).toBe(1)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(warn).not.toHaveBeenCalled()
})
