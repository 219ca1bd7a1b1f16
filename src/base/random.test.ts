import { expect, it } from 'vitest'
import { createRandom, hash32 } from './random.js'

it('is the same for the same seed and differs between seeds', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed))
  expect(draw(42)).toEqual(draw(42))
  expect(draw(42)).not.toEqual(draw(43))
})

it('is uniform in [0, 1)', () => {
  const buckets = new Array<number>(16).fill(0)
  const random = createRandom(1)
  for (let index = 0; index < 16_000; index += 1) {
    const bucket = Math.floor(random() * 16)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }
  expect(buckets).toHaveLength(16)
  for (const filled of buckets) expect(Math.abs(filled - 1000)).toBeLessThan(150)
})

it('hashes adjacent values and seeds to different bits', () => {
  const seen = new Set<number>()
  for (let seed = 0; seed < 100; seed += 1)
    for (let value = 0; value < 100; value += 1) seen.add(hash32(seed, value))
  expect(seen.size).toBeGreaterThan(9_995)
  const mean = [...seen].reduce((sum, value) => sum + value / 2 ** 32, 0) / seen.size
  expect(mean).toBeCloseTo(0.5, 1)
})
