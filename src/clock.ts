import { performance } from 'node:perf_hooks'

/** Smallest of a few readings of how far CLOCK_MONOTONIC is ahead of this process's `performance.now()`, in µs. */
function measureOffsetMicros(): number {
  let smallest = Number.POSITIVE_INFINITY
  for (let reading = 0; reading < 20; reading += 1) {
    const ahead = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000
    if (ahead < smallest) smallest = ahead
  }
  return smallest
}

const offsetMicros = measureOffsetMicros()

/**
 * CLOCK_MONOTONIC in µs, the one clock of every wsbench process of a host: readings of two processes may be
 * subtracted (error < 1 µs). Never wall-clock. Allocates nothing.
 */
export function nowMicros(): number {
  return performance.now() * 1000 + offsetMicros
}
