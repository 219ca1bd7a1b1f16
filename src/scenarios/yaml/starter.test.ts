import { expect, test } from 'vitest'
import { parseScenario } from '../load.js'
import { starterScenario } from './starter.js'

test('is valid, and has every section', () => {
  const scenario = parseScenario(starterScenario('checkout', 'scenario.schema.json'), {
    file: 'checkout.yaml',
  })
  expect(scenario.name).toBe('checkout')
  for (const part of [scenario.traffic, scenario.chaos, scenario.gates])
    expect(part.length).toBeGreaterThan(0)
})
