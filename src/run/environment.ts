import { cpus, hostname, loadavg, release } from 'node:os'
import type { Machine } from '../planning/machine.js'
import type { Result } from '../results/result.js'

/** Where a result was measured. */
export function describeEnvironment(machine: Machine): Result['environment'] {
  return {
    host: hostname(),
    platform: `${machine.platform} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: machine.cores,
    memoryBytes: machine.memoryBytes,
    descriptors: machine.descriptors,
    node: process.version,
    loadAverage: loadavg()[0] ?? 0,
  }
}
