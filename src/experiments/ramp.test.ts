import { describe, expect, it } from 'vitest'
import { WsbenchError } from '../base/errors.js'
import { parseScenario } from '../scenarios/load.js'
import { parseRamp, rampOfClients } from './ramp.js'

describe('a ramp', () => {
  it.each([
    ['clients=1k..50k', 'clients.count', 1_000, 50_000, '7070'],
    ['clients.count=500..2M', 'clients.count', 500, 2_000_000, '31600'],
    ['rate=0.2/s..5/s', 'traffic[0].rate', 0.2, 5, '1/s'],
    ['traffic[1].rate=30/m..2k/s', 'traffic[1].rate', 0.5, 2_000, '31.6/s'],
    ['traffic[0].size=128B..1MiB', 'traffic[0].size', 128, 1_048_576, '11600B'],
  ])('%s', (text, path, from, to, middle) => {
    const ramp = parseRamp(text)
    expect(ramp).toMatchObject({ path, from, to })
    expect(ramp.level(Math.sqrt(from * to)).text).toBe(middle)
    expect(ramp.level(to).value).toBe(to)
  })

  it.each([
    ['clients', /expected path=from..to/],
    ['clients=5k', /expected path=from..to/],
    ['clients=..5k', /expected path=from..to/],
    ['!=1..2', /expected path=from..to/],
    ['clients=5k..1k', /from a value above 0 to a higher one/],
    ['clients=0..1k', /from a value above 0 to a higher one/],
    ['clients=1k..5/s', /two counts, rates, sizes or durations/],
    ['clients=few..many', /two counts, rates, sizes or durations/],
  ])('refuses %s', (text, message) => {
    expect(() => parseRamp(text)).toThrow(message)
    expect(() => parseRamp(text)).toThrow(WsbenchError)
  })

  it('goes up to the number of clients of the scenario by default', () => {
    const scenario = parseScenario('name: s\nclients: { count: 8k }\n', { file: 's.yaml' })
    expect(rampOfClients(scenario)).toMatchObject({ path: 'clients.count', from: 500, to: 8_000 })
    const one = parseScenario('name: s\nclients: { count: 1 }\n', { file: 's.yaml' })
    expect(() => rampOfClients(one)).toThrow(/no range to search/)
  })
})
