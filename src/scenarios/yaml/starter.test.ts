import { expect, test } from 'vitest'
import { parseScenario } from '../load.js'
import { starterScenario } from './starter.js'
import { starterForTarget } from './starter-target.js'

test('is valid, and has every section', () => {
  const scenario = parseScenario(starterScenario('checkout', 'scenario.schema.json'), {
    file: 'checkout.yaml',
  })
  expect(scenario.name).toBe('checkout')
  for (const part of [scenario.traffic, scenario.chaos, scenario.gates])
    expect(part.length).toBeGreaterThan(0)
})

test('for a target is valid, and within the limits for the server of another', () => {
  const text = starterForTarget('chat', 'scenario.schema.json', 'wss://rt.example.com/ws?v=1')
  const { target, chaos, gates } = parseScenario(text, { file: 'chat.yaml' })
  expect([target?.url, chaos.length, gates.length]).toEqual(['wss://rt.example.com/ws?v=1', 1, 3])
})

test('what it has as comments is valid too, but for the environment', () => {
  const text = starterForTarget('chat', 'scenario.schema.json', 'ws://127.0.0.1:1/').replace(
    /^( +)# (?=(?:subscribed|headers|query|node|iOwnThis):)/gm,
    '$1',
  )
  expect(() => parseScenario(text, { file: 'chat.yaml' })).toThrow(
    /^chat\.yaml:18:\d+: TOKEN is not set in the environment.*\nchat\.yaml:20:\d+: target\.feed is not set/,
  )
})
