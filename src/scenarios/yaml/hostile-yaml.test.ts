import { describe, expect, it } from 'vitest'
import { parseScenario } from '../load.js'
import { ScenarioError } from './scenario-error.js'

function problemsOf(text: string): string[] {
  try {
    parseScenario(text, { file: 's.yaml' })
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split('\n')
    throw error
  }
  throw new Error('it loaded')
}

const good = 'name: x\nclients: { count: 5 }\n'

describe('YAML that is not a scenario', () => {
  it.each([
    ['', 's.yaml:1:1: scenario is empty; expected a mapping (key: value)'],
    ['hello', 's.yaml:1:1: scenario is "hello"; expected a mapping (key: value)'],
    ['name: [', /^s.yaml:1:8: Flow sequence/],
    [
      'name: x\nname: y\nclients: { count: 5 }',
      's.yaml:2:1: duplicate key "name"; hint: keep one of the two',
    ],
    [`${good}---\n${good}`, /^s.yaml:3:1: .*multiple documents.*; hint: a file holds one scenario/],
    ['name: x\nclients:\n\tcount: 5', /^s.yaml:3:1: Tabs.*; hint: indent with spaces/],
    [`${good}seed: !secret 5`, /^s.yaml:3:7: Unresolved tag: !secret; hint: remove/],
    [`${good}seed: *nothing`, /^s.yaml:3:7: \*nothing has no anchor/],
    [`${good}? [a, b]\n: 5`, /^s.yaml:3:3: .*strings/],
    ['#'.repeat(1024 ** 2 + 1), 's.yaml:1:1: the file is too long; expected at most 1 MiB'],
  ])('%.60j', (text, problem) => {
    expect(problemsOf(text)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)])
  })
})

describe('hostile YAML', () => {
  it('does not expand aliases without limit', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const content = level === 0 ? 'x' : `*l${level - 1}`
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => content).join(', ')}]`
    })
    expect(problemsOf(levels.join('\n'))[0]).toMatch(/alias/)
    expect(problemsOf(`a: &a x\nb: [${'*a, '.repeat(200)}]`)).toEqual([
      expect.stringMatching(/too many \*aliases/),
    ])
  })

  it('allows no key with a special meaning in JavaScript, at any depth', () => {
    const problems = problemsOf(
      `${good}__proto__: { polluted: 1 }\ncluster: { constructor: 1, prototype: 2 }`,
    )
    expect(problems).toEqual([
      's.yaml:3:1: key "__proto__" is not allowed; hint: remove it',
      's.yaml:4:12: key "constructor" is not allowed; hint: remove it',
      's.yaml:4:28: key "prototype" is not allowed; hint: remove it',
    ])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('reports nesting that is too deep', () => {
    expect(problemsOf('['.repeat(20_000))).toEqual([expect.stringMatching(/nested too deeply/)])
  })

  it('does not merge without limit, or a mapping into itself', () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0
        ? 'x-0: &m0 { a: 1 }'
        : `x-${level}: &m${level} { a: { <<: *m${level - 1} }, b: { <<: *m${level - 1} } }`,
    )
    expect(problemsOf(`${good}${levels.join('\n')}`)).toEqual([
      expect.stringMatching(/<< expands to too many nodes/),
    ])
    expect(problemsOf(`${good}x-a: &a { b: { <<: *a } }`)).toEqual([
      's.yaml:3:16: << can’t merge this; expected a mapping, an *alias of one, or a list of these',
    ])
  })

  it('reports the first hundred problems and the number of further ones', () => {
    const keys = Array.from({ length: 500 }, (_, index) => `key${index}: 1`)
    const problems = problemsOf(good + keys.join('\n'))
    expect(problems).toHaveLength(101)
    expect(problems[0]).toMatch(/^s.yaml:3:1: unknown key "key0"/)
    expect(problems[100]).toBe('and 400 more problems')
  })
})
