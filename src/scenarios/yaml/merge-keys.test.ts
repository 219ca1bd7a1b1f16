import { expect, it } from 'vitest'
import { parseScenario } from '../load.js'
import type { Override } from './overrides.js'

const parse = (text: string, overrides: readonly Override[] = []) =>
  parseScenario(text, { file: 's.yaml', overrides })

const shared = `name: x
x-room: &room { rate: 2/s, size: 1KiB }
x-channel: &channel
  channel: { name: chat, count: 3 }
  <<: *room
clients: { count: 50 }
`

it('parts under x-… keys are merged; what stands there itself wins, and then the first of a list', () => {
  const { traffic } = parse(`${shared}traffic:
  - { channel: { name: a }, <<: *room, size: 2KiB }
  - { <<: [*channel, { rate: 9/s, publishers: 4 }] }
`)
  expect(traffic).toMatchObject([
    { channel: { name: 'a' }, rate: 2, size: 2048, publishers: 1 },
    { channel: { name: 'chat', count: 3 }, rate: 2, size: 1024, publishers: 4 },
  ])
})

it('--set changes a merged part in one place only', () => {
  const text = `${shared}traffic: [{ <<: *channel }, { <<: *channel, channel: { name: b } }]`
  const { traffic } = parse(text, ['traffic[0].channel.count=5', 'traffic[0].rate=7/s'])
  expect(traffic).toMatchObject([
    { channel: { name: 'chat', count: 5 }, rate: 7 },
    { channel: { name: 'b', count: 1 }, rate: 2 },
  ])
})

it.each([
  [
    'x-room: &room { rat: 2/s }\ntraffic: [{ channel: { name: a }, <<: *room }]',
    /^s\.yaml:3:17: unknown key "rat".*did you mean "rate"/,
  ],
  ['traffic: [{ channel: { name: a }, <<: 5 }]', /^s\.yaml:3:35: << can’t merge this; expected a mapping/],
  ['clients: { <<: { count: 5 }, <<: { count: 6 } }', /duplicate key "<<"/],
  ['cluster: { x-nodes: 3 }', /unknown key "x-nodes"/],
])('%j is refused, at its place', (line, problem) => {
  expect(() => parse(`name: x\nclients: { count: 5 }\n${line}`)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(problem) }),
  )
})
