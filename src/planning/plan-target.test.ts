import { describe, expect, it } from 'vitest'
import { parseScenario } from '../scenarios/load.js'
import { describePlan } from './describe-plan.js'
import { planScenario } from './planner.js'
import { bareMachine } from './testing/machine.js'

const base = 'name: t\nclients: { count: 10 }\n'

describe('the plan of a target', () => {
  it('keeps placeholders, lists the commands of hooks, and has no cluster of wsbench', () => {
    const scenario = parseScenario(
      `${base}target: { urls: [{ url: wss://h/a, weight: 3 }, { url: ws://g/ }], protocol: json, compression: true, headers: { authorization: "{env:PATH}" } }
chaos: [{ at: 1s, event: docker, container: ws, for: 1s }]`,
      { file: '/tmp/t.yaml' },
    )
    const plan = planScenario(scenario, bareMachine)
    expect(plan.target).toMatchObject({
      headers: { authorization: '{env:PATH}' },
      protocol: { kind: 'json' },
    })
    expect(plan.cluster).toMatchObject({ driver: 'target', nodes: 0, bridge: 'none' })
    expect(plan.clients.addresses).toEqual({ kind: 'single' })
    expect(describePlan(plan)).toMatch(/compression +offers permessage-deflate/)
    const text = describePlan(plan)
    expect(text).toMatch(/url +wss:\/\/h\/a, weight 3/)
    expect(text).toContain('docker kill ws; then docker start ws')
    expect(text).not.toContain(process.env.PATH)
  })

  it('is described with its TLS settings, its abort conditions, and the requests of hooks', () => {
    const scenario = parseScenario(
      `${base}target: { url: wss://h/, protocol: json, tls: { ca: ./planner.ts, serverName: chat, insecure: true } }
chaos: [{ at: 1s, event: http, url: "http://h/", headers: { x-key: "{env:PATH}" }, body: '{"a":1}' }]
safety: { maxDuration: 5m, abortIfConnectedBelow: 30% }`,
      { file: `${import.meta.dirname}/t.yaml` },
    )
    const text = describePlan(planScenario(scenario, bareMachine))
    expect(text).toMatch(
      / tls +ca \/.*\/planner\.ts\n +tls +serverName chat\n +tls +insecure: the server certificate/,
    )
    expect(text).toMatch(
      /Safety\n +maxDuration +stops after 5m\n +abortIfConnectedBelow +stops with fewer than 30.0 % of the clients/,
    )
    expect(text.replace(/\s+/g, ' ')).toContain(`POST http://h/, headers x-key, body "{\\"a\\":1}"`)
  })

  it('has a channel for each client with echo traffic', () => {
    const scenario = parseScenario(
      `${base}target: { url: ws://127.0.0.1:1/, protocol: json }\ntraffic: [{ channel: { name: e }, via: echo }]`,
      { file: '/tmp/t.yaml' },
    )
    const plan = planScenario(scenario, bareMachine)
    expect(plan.channels).toMatchObject([{ count: 10, members: 1, publishers: 1, via: 'echo' }])
    expect(plan.estimate.connections).toBe(10)
  })
})
