import { describe, expect, it } from 'vitest'
import { addressOf } from '../plan/address.js'
import { parseScenario } from '../scenarios/load.js'
import { describePlan } from './describe-plan.js'
import { limitsOf } from './limits/index.js'
import { statusOf } from './limits/limit.js'
import type { Machine } from './machine.js'
import { draftPlan } from './planner.js'
import { bareMachine } from './testing/machine.js'

function plan(addresses: string, { target = '', machine = bareMachine, count = '100', rest = '' } = {}) {
  const text = `name: t
${target === '' ? '' : `target: { ${target}, iOwnThis: true }`}
clients:
  count: ${count}
  addresses: ${addresses}
${rest}`
  return draftPlan(parseScenario(text, { file: 't.yaml' }), machine)
}

describe('addresses that a scenario lists', () => {
  it('are assigned round-robin, to publishers after the clients', () => {
    const { clients, seed } = plan('{ list: [10.0.0.5, 10.0.0.6, 127.9.9.9] }')
    expect([0, 1, 2, 3, 100].map((client) => addressOf(clients.addresses, seed, client))).toEqual([
      '10.0.0.5',
      '10.0.0.6',
      '127.9.9.9',
      '10.0.0.5',
      '10.0.0.6',
    ])
  })

  it.each([
    ['url: ws://chat.example.com/', '[10.0.0.5, fd00::5]'],
    ['url: ws://10.0.0.9/', '[10.0.0.6]'],
    ['url: "wss://[fd00::9]/"', '[fd00::5]'],
  ])('are also used for the clients of a target: %s', (target, list) => {
    const planned = plan(`{ list: ${list} }`, { target })
    expect(planned.clients.addresses.kind).toBe('list')
    expect(planned.notes).not.toContainEqual(expect.stringMatching(/one address/))
    expect(describePlan(planned)).toContain(`${list.slice(1, -1)}, round-robin`)
  })

  it.each([
    ['10.0.0.7', '10.0.0.7 is not an address of this machine', 'ip address add 10.0.0.7/32'],
    ['10.0.0.5, 10.0.0.7, fd00::7', '10.0.0.7, fd00::7 are not addresses of this machine', '10.0.0.7/32'],
  ])('must be addresses of this machine: %s', (list, message, hint) => {
    const target = 'url: ws://chat.example.com/'
    expect(() => plan(`{ list: [${list}] }`, { target })).toThrow(
      expect.objectContaining({
        exit: 'setup',
        message: `clients.addresses.list: ${message}`,
        hint: expect.stringContaining(hint),
      }),
    )
  })

  it('may be written in any form of IPv6', () => {
    const target = 'url: "ws://[::1]/"'
    expect(() => plan('{ list: [fd00:0::0005] }', { target })).not.toThrow()
  })

  it('may be any 127.… if those can be bound', () => {
    const machine = { ...bareMachine, hasLoopbackRange: false }
    expect(() => plan('{ list: [127.0.0.1] }', { machine })).not.toThrow()
    expect(() => plan('{ list: [127.0.0.2] }', { machine })).toThrow(/127.0.0.2 is not an address/)
  })

  it('have their own ports', () => {
    const target = 'url: ws://chat.example.com/'
    const ports = (list: string, machine: Machine = bareMachine) =>
      limitsOf(plan(`{ list: [${list}] }`, { target, count: '50k', machine }), machine).find(
        ({ name }) => name === 'ports of a client address',
      )!
    expect(ports('10.0.0.5')).toMatchObject({ needed: 50_001, available: 28_232 })
    expect(ports('10.0.0.5').message).toMatch(/^each address of clients.addresses.list would hold 50,001/)
    expect(statusOf(ports('10.0.0.5, 10.0.0.6, fd00::5'))).toBe('ok')
  })

  it('are noted to be few for a strategy that uses addresses', () => {
    const rest = 'cluster: { balancer: { strategy: ip-hash } }'
    expect(plan('{ list: [127.0.0.2, 127.0.0.3] }', { rest }).notes.join()).toMatch(
      /ip-hash sees only 2 source addresses/,
    )
  })
})

describe('the single address of clients of a remote target', () => {
  const ports = (target: string) =>
    limitsOf(plan('{ gateways: 1 }', { target, count: '50k' }), bareMachine).find(
      ({ name }) => name === 'ports of a client address',
    )!

  it.each([
    ['url: ws://a.example.com/', 50_001],
    ['urls: [{ url: ws://a.example.com/ }, { url: ws://b.example.com/ }]', 25_001],
    ['urls: [{ url: ws://a.example.com:1/ }, { url: ws://a.example.com:2/ }]', 25_001],
    ['urls: [{ url: ws://a.example.com/x }, { url: "ws://a.example.com:80/y" }]', 50_001],
    ['urls: [{ url: ws://a.example.com/, weight: 3 }, { url: ws://b.example.com/ }]', 37_501],
  ])('can use each port once per address and port of the target: %s', (target, needed) => {
    expect(ports(target).needed).toBe(needed)
  })

  it('is named in the message, with a suitable fix', () => {
    const { message, fix } = ports('url: ws://a.example.com/')
    expect(message).toMatch(/^the only address of this machine, to the same .* would hold 50,001/)
    expect(message).not.toContain('127.0.0.1')
    expect(fix).toMatch(/clients.addresses: \{ list: .*target.urls.*; or widen the range: sysctl/)
    expect(fix).not.toMatch(/gateways|skew/)
  })
})
