import { expect, it } from 'vitest'
import { loadScenario } from '../scenarios/load.js'
import { draftPlan } from './planner.js'
import { fullMachine } from './testing/machine.js'

const rateOn = (machine: typeof fullMachine, ...overrides: string[]) =>
  draftPlan(loadScenario('smoke', overrides), machine).clients.connectRateHz
const unset = 'clients={ count: 1k }'

it('grows with the number of cores, and is lower for TLS', () => {
  expect(rateOn({ ...fullMachine, cores: 2 }, unset)).toBe(1_000)
  expect(rateOn({ ...fullMachine, cores: 8 }, unset)).toBe(4_000)
  expect(rateOn({ ...fullMachine, cores: 8 }, unset, 'cluster.balancer.tls=true')).toBe(1_000)
})

it('is limited by the listen queues', () => {
  const kernel = { ...fullMachine.kernel, listenQueue: 128 }
  expect(rateOn({ ...fullMachine, kernel }, unset)).toBe(128)
})

it('is the one in the scenario if set', () => {
  expect(rateOn(fullMachine, 'clients={ count: 1k, connectRate: 70/s }')).toBe(70)
})
