const value = new Float64Array(1)
const words = new Uint32Array(value.buffer)
const [low, high] = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? [0, 1] : [1, 0]

/** The smallest number greater than `micros`, which must not be negative: makes "after x" a half-open bound. */
export function justAbove(micros: number): number {
  if (micros === Number.POSITIVE_INFINITY) return micros
  value[0] = micros
  words[low] = words[low]! + 1
  if (words[low] === 0) words[high] = words[high]! + 1
  return value[0]
}
