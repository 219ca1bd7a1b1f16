import { expect, it } from 'vitest'
import { planScenario } from '../planning/planner.js'
import { fullMachine } from '../planning/testing/machine.js'
import { loadScenario } from '../scenarios/load.js'
import { expandMatrix } from './matrix.js'
import { prepareCells } from './prepare-cells.js'

const overrides = ['clients={ count: 500 }']
const ratesOf = (...over: string[]) =>
  prepareCells(expandMatrix(over), { scenario: 'scale-out', overrides, machine: fullMachine }).map(
    ({ plan }) => plan.clients.connectRateHz,
  )
const rateOf = (...sets: string[]) =>
  planScenario(loadScenario('scale-out', [...overrides, ...sets]), fullMachine).clients.connectRateHz

it('cells connect at the rate of the slowest one, if the scenario has no rate', () => {
  const [plain, overTls] = [rateOf(), rateOf('cluster.balancer.tls=true')]
  expect(overTls).toBeLessThan(plain)
  expect(ratesOf('cluster.balancer.tls=false,true')).toEqual([overTls, overTls])
  expect(ratesOf('cluster.nodes=2,4')).toEqual([plain, plain])
})

it('cells keep the rate from the matrix', () => {
  expect(ratesOf('clients.connectRate=100/s,5k/s')).toEqual([100, 5_000])
  expect(ratesOf('cluster.balancer.tls=false,true', 'clients.connectRate=5k/s')).toEqual([5_000, 5_000])
})

it('a cell keeps the rate from the scenario', () => {
  const machine = fullMachine
  const [cell] = prepareCells(expandMatrix(['cluster.nodes=4']), {
    scenario: 'fanout-50k',
    overrides: ['clients.connectRate=2k/s'],
    machine,
  })
  expect(cell!.plan.clients.connectRateHz).toBe(2_000)
})
