import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readMachine } from './read-machine.js'

it('reads plausible limits', () => {
  const machine = readMachine()
  expect(machine.cores).toBeGreaterThanOrEqual(1)
  expect(machine.memoryBytes).toBeGreaterThan(100e6)
  expect(machine.ephemeralPorts).toBeGreaterThan(1000)
  for (const binary of Object.values(machine.binaries))
    expect(binary === null || existsSync(binary)).toBe(true)
})

it.runIf(process.platform === 'linux')('reads the hard limit of open files', () => {
  const hard = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  expect(readMachine().descriptors).toBe(hard === 'unlimited' ? expect.any(Number) : Number(hard))
})
