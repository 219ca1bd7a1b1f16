import { performance } from 'node:perf_hooks'

/**
 * How far CLOCK_MONOTONIC is ahead of this process's `performance.now()`, µs. Time that passes between the two readings
 * makes the difference smaller, never larger, so the largest of a few is the most exact.
 */
function measureOffsetMicros(): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let reading = 0; reading < 20; reading += 1) {
    const ahead = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000
    if (ahead > largest) largest = ahead
  }
  return largest
}

const offsetMicros = measureOffsetMicros()

/**
 * CLOCK_MONOTONIC in µs, the one clock of all wsbench processes on a host: readings of two processes may be subtracted
 * (error < 1 µs). Not the wall clock. Allocates nothing.
 */
export function nowMicros(): number {
  return performance.now() * 1000 + offsetMicros
}
