import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TimerHeap } from './timer-heap.js'

it('returns items in order of time', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { maxLength: 200 }), (times) => {
      const heap = new TimerHeap()
      times.forEach((time, item) => {
        heap.push(time, item)
      })
      const popped: number[] = []
      while (heap.size > 0) {
        const earliest = heap.earliest
        expect(times[heap.pop()]).toBe(earliest)
        popped.push(earliest)
      }
      expect(popped).toEqual(times.toSorted((one, other) => one - other))
      expect(heap.earliest).toBe(Number.POSITIVE_INFINITY)
    }),
  )
})
