import { describe, expect, it } from 'vitest'
import { parseScenario } from '../scenarios/load.js'
import { ScenarioError } from '../scenarios/yaml/scenario-error.js'
import { expandMatrix, splitValues } from './matrix.js'

const text = 'name: base\nclients: { count: 10 }\ncluster: { balancer: { kind: embedded } }\n'

function problemsOf(...options: string[]): string[] {
  try {
    const { cells, problems } = expandMatrix(options)
    if (problems.length > 0) throw new ScenarioError(problems)
    for (const { overrides } of cells) parseScenario(text, { file: 's.yaml', overrides })
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split('\n')
    throw error
  }
  throw new Error('it loaded')
}

it.each([
  ['1, 2', ['1', '2']],
  ['{ a: 1, b: [2, 3] },[4,5]', ['{ a: 1, b: [2, 3] }', '[4,5]']],
  ['"a,b",\'c,}\'', ['"a,b"', "'c,}'"]],
  ['', ['']],
  ['{a, b', ['{a, b']],
])('splits %s between its values only', (list, values) => {
  expect(splitValues(list)).toEqual(values)
})

describe('a matrix', () => {
  it('is the product of its axes, the last varying fastest', () => {
    const { cells } = expandMatrix(['cluster.balancer=nginx:cookie,haproxy:ip-hash', 'cluster.nodes=2,4'])
    expect(cells.map(({ name }) => name)).toEqual([
      'nginx:cookie nodes=2',
      'nginx:cookie nodes=4',
      'haproxy:ip-hash nodes=2',
      'haproxy:ip-hash nodes=4',
    ])
    const scenario = parseScenario(text, { file: 's.yaml', overrides: cells[3]!.overrides })
    expect(scenario.cluster).toMatchObject({ balancer: { kind: 'haproxy', strategy: 'ip-hash' }, nodes: 4 })
  })

  it('keeps the strategy of the scenario where only the balancer is named', () => {
    const { cells } = expandMatrix(['cluster.balancer=caddy,haproxy:cookie'])
    const scenarios = cells.map(({ overrides }) => parseScenario(text, { file: 's.yaml', overrides }))
    expect(cells.map(({ name }) => name)).toEqual(['caddy', 'haproxy:cookie'])
    expect(scenarios.map(({ cluster }) => cluster.balancer)).toMatchObject([
      { kind: 'caddy', strategy: 'least-connections' },
      { kind: 'haproxy', strategy: 'cookie' },
    ])
  })

  it('takes any YAML, and names axes with the same last key by their whole path', () => {
    const { cells } = expandMatrix(['clients.count=5,6', 'traffic=[{ channel: { name: a, count: 2 } }]'])
    expect(cells).toHaveLength(2)
    const alike = expandMatrix(['clients.count=5', 'traffic[0].channel.count=2'])
    expect(alike.cells[0]!.name).toBe('clients.count=5 traffic[0].channel.count=2')
  })

  it.each([
    ['cluster.nodes', /^--over cluster.nodes: no = between path and values; expected path=value/],
    ['cluster..nodes=2', /^--over cluster..nodes=2: bad path "cluster..nodes"/],
    ['cluster.nodes=2,,4', /^--over cluster.nodes=2,,4: an empty value/],
    ['cluster.nodes=2,4,2', /: value 2 is given twice/],
    ['cluster.nodes=many', /^--over cluster.nodes=many: cluster.nodes is "many"; expected a whole number/],
    ['cluster.balancer={kind: nginx', /^--over cluster.balancer=\{kind: nginx: Flow map/],
    ['cluster.balancer=ngnix:cookie', /^--over cluster.balancer=ngnix:cookie: .*did you mean "nginx"/],
    ['cluster.noodles=2', /^--over cluster.noodles=2: unknown key "noodles" in cluster/],
    [
      `clients.count=${Array.from({ length: 65 }, (_, index) => index + 1)}`,
      /^--over: 65 cells; expected at most 64/,
    ],
  ])('refuses %s, with the option', (option, problem) => {
    expect(problemsOf(option)).toEqual([expect.stringMatching(problem)])
  })

  it('reports all problems of all options at once', () => {
    expect(problemsOf('nodes', 'clients.count=', 'clients.count=5')).toEqual([
      expect.stringMatching(/^--over nodes: no =/),
      expect.stringMatching(/^--over clients.count=: an empty value/),
      expect.stringMatching(/^--over clients.count=5: the path is given twice/),
    ])
  })
})
