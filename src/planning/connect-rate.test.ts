import { expect, it } from 'vitest'
import { loadScenario } from '../scenarios/load.js'
import { draftPlan } from './planner.js'
import { fullMachine } from './testing/machine.js'

const rateOn = (machine: typeof fullMachine, ...overrides: string[]) =>
  draftPlan(loadScenario('smoke', overrides), machine).clients.connectRateHz
const unset = 'clients={ count: 1k }'

it('grows with the cores that generator, balancer and nodes share, and shrinks for TLS', () => {
  expect(rateOn({ ...fullMachine, cores: 2 }, unset)).toBe(1_000)
  expect(rateOn({ ...fullMachine, cores: 8 }, unset)).toBe(4_000)
  expect(rateOn({ ...fullMachine, cores: 8 }, unset, 'cluster.balancer.tls=true')).toBe(1_000)
})

it('stays below what the listen queues hold of a second of connects', () => {
  const kernel = { ...fullMachine.kernel, listenQueue: 128 }
  expect(rateOn({ ...fullMachine, kernel }, unset)).toBe(128)
})

it('is the scenario’s own where it gives one', () => {
  expect(rateOn(fullMachine, 'clients={ count: 1k, connectRate: 70/s }')).toBe(70)
})
