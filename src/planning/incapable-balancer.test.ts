import { expect, it, vi } from 'vitest'
import { WsbenchError } from '../base/errors.js'
import { parseScenario } from '../scenarios/load.js'
import { ScenarioError } from '../scenarios/yaml/scenario-error.js'
import { planScenario } from './planner.js'
import { bareMachine, fullMachine } from './testing/machine.js'

vi.mock('../cluster/affinity/index.js', async (importOriginal) => {
  const { strategies } = await importOriginal<typeof import('../cluster/affinity/index.js')>()
  const cookie = { ...strategies.cookie, nginx: null, caddy: null, embedded: null }
  return { strategies: { ...strategies, cookie } }
})

const scenario = (kind: string) =>
  parseScenario(
    `name: a\nclients: { count: 10 }\ncluster:\n  balancer: { kind: ${kind}, strategy: cookie }\n`,
    { file: 's.yaml' },
  )

function errorOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return null
}

it.each(['nginx', 'embedded'])(
  'rejects %s, which does not support the strategy, at its place in the file',
  (kind) => {
    const error = errorOf(() => scenario(kind))
    expect(error).toBeInstanceOf(ScenarioError)
    expect(error).toMatchObject({
      exit: 'usage',
      message: `s.yaml:4:${kind.length + 33}: ${kind} does not support strategy cookie; expected another strategy, or kind haproxy`,
    })
  },
)

it('accepts a balancer that supports the strategy, and finds it with auto', () => {
  expect(planScenario(scenario('haproxy'), fullMachine).cluster.balancer.kind).toBe('haproxy')
  expect(planScenario(scenario('auto'), fullMachine).cluster.balancer.kind).toBe('haproxy')
})

it('names the balancer to install, and does not fall back to an embedded one without support', () => {
  const error = errorOf(() => planScenario(scenario('auto'), bareMachine))
  expect(error).toBeInstanceOf(WsbenchError)
  expect(error).toMatchObject({
    exit: 'setup',
    message: 'strategy cookie needs haproxy, and none is installed',
    hint: expect.stringMatching(/apt-get install haproxy/),
  })
})
