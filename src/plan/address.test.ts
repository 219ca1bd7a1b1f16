import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { addressOf, CLIENT_SUBNETS, gatewayOf } from './address.js'

const spread = { kind: 'spread' } as const
const subnetOf = (address: string | undefined) => address?.split('.').slice(0, 3).join('.')

describe('spread', () => {
  it('uses one host of every /24 before it uses a second host of any', () => {
    const subnets = new Set<string | undefined>()
    for (let client = 0; client < CLIENT_SUBNETS; client += 1)
      subnets.add(subnetOf(addressOf(spread, 1, client)))
    expect(subnets.size).toBe(CLIENT_SUBNETS)
    expect(addressOf(spread, 1, 0)).toBe('127.1.0.1')
    expect(addressOf(spread, 1, CLIENT_SUBNETS - 1)).toBe('127.249.255.1')
    expect(addressOf(spread, 1, CLIENT_SUBNETS)).toBe('127.1.0.2')
  })

  it('never uses .0 or .255, however many clients there are', () => {
    for (const client of [253, 254, 255, 256].map((host) => host * CLIENT_SUBNETS)) {
      const host = Number(addressOf(spread, 1, client)?.split('.')[3])
      expect(host).toBeGreaterThan(0)
      expect(host).toBeLessThan(255)
    }
  })

  it.runIf(process.platform === 'linux')('gives addresses that a socket can bind', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const socket = connect({ port, host: '127.0.0.1', localAddress: addressOf(spread, 1, 12_345) ?? '' })
    const [peer] = await once(server, 'connection')
    expect(peer.remoteAddress).toBe(addressOf(spread, 1, 12_345))
    socket.destroy()
    server.close()
  })
})

describe('gateways', () => {
  const plan = { kind: 'gateways', gateways: 16, skew: 1 } as const

  it('puts each gateway in a /24 of its own, one address each', () => {
    const addresses = new Set(Array.from({ length: 5000 }, (_, client) => addressOf(plan, 7, client)))
    expect(addresses.size).toBe(16)
    expect(new Set([...addresses].map(subnetOf)).size).toBe(16)
  })

  it('follows Zipf: gateway g has about 1 / (g + 1) of the clients of the first one', () => {
    const held = new Array<number>(16).fill(0)
    for (let client = 0; client < 50_000; client += 1) {
      const gateway = gatewayOf(plan, 7, client)
      held[gateway] = (held[gateway] ?? 0) + 1
    }
    const first = held[0] ?? 0
    for (const [gateway, clients] of held.entries()) {
      expect(Math.abs((clients / first) * (gateway + 1) - 1)).toBeLessThan(0.1)
    }
  })

  it('is uniform without skew, and depends on the seed only', () => {
    const even = { ...plan, skew: 0 }
    const draw = (seed: number) => Array.from({ length: 200 }, (_, client) => gatewayOf(even, seed, client))
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    expect(new Set(draw(1)).size).toBe(16)
  })
})

it('is undefined where the kernel picks the address', () => {
  expect(addressOf({ kind: 'single' }, 1, 5)).toBeUndefined()
})
