import { expect, it, vi } from 'vitest'
import { WsbenchError } from '../base/errors.js'
import { planScenario } from '../planning/planner.js'
import { bareMachine, fullMachine } from '../planning/testing/machine.js'
import { parseScenario } from './load.js'
import { ScenarioError } from './yaml/scenario-error.js'

vi.mock('../cluster/affinity/index.js', async (importOriginal) => {
  const { strategies } = await importOriginal<typeof import('../cluster/affinity/index.js')>()
  const cookie = { ...strategies.cookie, nginx: null, embedded: null }
  return { strategies: { ...strategies, cookie } }
})

const scenario = (kind: string) =>
  parseScenario(
    `name: a\nclients: { count: 10 }\ncluster:\n  balancer: { kind: ${kind}, strategy: cookie }\n`,
    { file: 's.yaml' },
  )

function refusal(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return null
}

it.each(['nginx', 'embedded'])('refuses %s, which can not do the strategy, where it stands', (kind) => {
  const error = refusal(() => scenario(kind))
  expect(error).toBeInstanceOf(ScenarioError)
  expect(error).toMatchObject({
    exit: 'usage',
    message: `s.yaml:4:${kind.length + 33}: ${kind} can't do strategy cookie; expected another strategy, or kind haproxy`,
  })
})

it('takes one that can, named or found', () => {
  expect(planScenario(scenario('haproxy'), fullMachine).cluster.balancer.kind).toBe('haproxy')
  expect(planScenario(scenario('auto'), fullMachine).cluster.balancer.kind).toBe('haproxy')
})

it('says which one is needed where it is not installed, and takes no embedded one that can not', () => {
  const error = refusal(() => planScenario(scenario('auto'), bareMachine))
  expect(error).toBeInstanceOf(WsbenchError)
  expect(error).toMatchObject({
    exit: 'setup',
    message: 'strategy cookie needs haproxy, and none is installed',
    hint: expect.stringMatching(/apt-get install haproxy/),
  })
})
