import { describe, expect, test } from 'vitest'
import { AFFINITY_COOKIE } from '../../protocols/reference.js'
import { type AffinityName, strategies } from '../affinity/index.js'
import { capableOf } from '../affinity/strategy.js'
import { until } from '../readiness.js'
import { type Balanced, canRun, withBalancer } from '../testing/balanced.js'
import { connect, connectMany, sourceOf, tally } from '../testing/client.js'
import { createTlsIdentity } from '../tls/certificate.js'
import { type BalancerKind, balancers } from './index.js'
import { balancerSettings } from './settings.js'

const kinds = Object.keys(balancers) as BalancerKind[]
const strategyNames = Object.keys(strategies) as AffinityName[]
/** The strategy by which clients return; where none does, the plainest. */
const stickiest = (kind: BalancerKind): AffinityName =>
  strategies.cookie[kind] === null ? 'round-robin' : 'cookie'
const doneBy = (kind: BalancerKind) =>
  strategyNames.filter((name) => capableOf(strategies[name], [kind]).length > 0)

/** The node's id; Caddy has a hash of its address. */
const routeCookie = new RegExp(`^${AFFINITY_COOKIE}=(n\\d|[0-9a-f]{64})$`)

/** How each strategy must distribute clients over three nodes. */
const distributes: Record<AffinityName, (balanced: Balanced) => Promise<void>> = {
  async 'round-robin'({ endpoint }) {
    expect(tally(await connectMany(endpoint, 30))).toEqual({ n1: 10, n2: 10, n3: 10 })
  },

  async 'least-connections'({ endpoint, nodes }) {
    const clients = await connectMany(endpoint, 9)
    expect(tally(clients)).toEqual({ n1: 3, n2: 3, n3: 3 })
    for (const client of clients.filter(({ node }) => node === 'n2')) client.socket.close()
    expect(await until(() => nodes[1]?.connections === 0, 5_000)).toBe(true)
    expect(tally(await connectMany(endpoint, 3))).toEqual({ n2: 3 })
  },

  async 'random-two'({ endpoint, nodes }) {
    const clients = await connectMany(endpoint, 120)
    for (const client of clients.filter(({ node }) => node === 'n2')) client.socket.close()
    expect(await until(() => nodes[1]?.connections === 0, 5_000)).toBe(true)
    // The empty node is in five to six of nine draws. Drawing only one node would give it a third, 40.
    expect(tally(await connectMany(endpoint, 120)).n2).toBeGreaterThan(48)
  },

  async 'ip-hash'({ endpoint }) {
    const first = await connectMany(endpoint, 24)
    const second = await connectMany(endpoint, 24)
    expect(second.map(({ node }) => node)).toEqual(first.map(({ node }) => node))
    expect(Object.keys(tally(first)).sort()).toEqual(['n1', 'n2', 'n3'])
  },

  async 'consistent-hash'({ endpoint, balancer, spare }) {
    const nodeOf = async (id: string) => (await connect(endpoint, { id })).node
    const ids = Array.from({ length: 120 }, (_, index) => `c${index}`)
    const before = await Promise.all(ids.map(nodeOf))
    expect(await Promise.all(ids.map(nodeOf))).toEqual(before)
    for (const node of ['n1', 'n2', 'n3']) {
      expect(before.filter((id) => id === node).length).toBeGreaterThan(18)
    }
    await balancer.addNodes([await spare()])
    const after = await Promise.all(ids.map(nodeOf))
    // Only the new node gains clients: about a quarter.
    expect(after.filter((node, index) => node !== before[index] && node !== 'n4')).toEqual([])
    const movedShare = after.filter((node) => node === 'n4').length / ids.length
    expect(movedShare).toBeGreaterThan(0.1)
    expect(movedShare).toBeLessThan(0.45)
  },

  async cookie({ endpoint, balancer }) {
    const first = await connect(endpoint)
    expect(first.cookie).toMatch(routeCookie)
    for (let visit = 0; visit < 4; visit += 1) {
      const again = await connect(endpoint, { cookie: first.cookie })
      expect([again.node, again.cookie]).toEqual([first.node, null])
    }
    await balancer.removeNode(first.node)
    const moved = await connect(endpoint, { cookie: first.cookie })
    expect(moved.node).not.toBe(first.node)
    expect(moved.cookie).toMatch(routeCookie)
    expect(moved.cookie).not.toBe(first.cookie)
  },
}

/** Caddy has none before 2.7, and httpd none at all. */
const cutsLater = {
  nginx: { nginx: { workerShutdownTimeout: '600ms' } },
  haproxy: { haproxy: { hardStopAfter: '600ms' } },
} as const

describe.each(['nginx', 'haproxy'] as const)('a reload of %s', (kind) => {
  test.skipIf(!canRun(kind))('ends open connections only after the time of its setting', async () => {
    await withBalancer({ kind, strategy: 'round-robin', settings: cutsLater[kind] }, async (balanced) => {
      const { socket } = await connect(balanced.endpoint)
      const reloadedMs = performance.now()
      await balanced.balancer.reload()
      expect(await until(() => socket.readyState === socket.CLOSED, 5_000)).toBe(true)
      expect(performance.now() - reloadedMs).toBeGreaterThan(500)
    })
  })
})

describe.each(kinds)('balancer %s', (kind) => {
  test.skipIf(!canRun(kind)).each(balancers[kind].drainStates)(
    'a leaving node (%s) gets no new clients, and those with its cookie only in state drain',
    async (drainState) => {
      await withBalancer(
        { kind, strategy: stickiest(kind), drainState },
        async ({ balancer, endpoint, spare }) => {
          const first = await connect(endpoint)
          await balancer.removeNode(first.node)
          const returning = await connect(endpoint, { cookie: first.cookie })
          expect(returning.node === first.node).toBe(drainState === 'drain')
          expect(tally(await connectMany(endpoint, 12))).not.toHaveProperty(first.node)
          await balancer.addNodes([await spare()])
          expect(tally(await connectMany(endpoint, 12))).toHaveProperty('n4')
        },
      )
    },
  )

  test.skipIf(!canRun(kind))('adds and removes nodes in each of its processes', async () => {
    await withBalancer({ kind, strategy: 'round-robin', processes: 2 }, async ({ balancer, spare }) => {
      await balancer.addNodes([await spare()])
      await balancer.removeNode('n1')
      for (const endpoint of balancer.endpoints) {
        expect(Object.keys(tally(await connectMany(endpoint, 16))).sort()).toEqual(['n2', 'n3', 'n4'])
      }
    })
  })

  test.skipIf(!canRun(kind))(
    'terminates TLS with a certificate for its address, also after a node was added',
    async () => {
      await withBalancer({ kind, strategy: stickiest(kind), processes: 2, tls: true }, async (balanced) => {
        const { balancer, endpoint, spare } = balanced
        const first = await connect(endpoint)
        expect(await first.echo('x'.repeat(100_000))).toHaveLength(100_000)
        await expect(
          connect({ ...endpoint, tls: { ca: createTlsIdentity(endpoint.host).ca } }),
        ).rejects.toThrow()
        await expect(connect({ ...endpoint, tls: null })).rejects.toThrow()
        await balancer.addNodes([await spare()])
        for (const each of balancer.endpoints) expect(tally(await connectMany(each, 16))).toHaveProperty('n4')
      })
    },
  )

  describe.skipIf(!canRun(kind)).each(doneBy(kind))('with %s', (strategy) => {
    const balanced = (body: (balanced: Balanced) => Promise<void>) => withBalancer({ kind, strategy }, body)

    // Different sources need a loopback range to bind to.
    test.skipIf(strategy === 'ip-hash' && process.platform !== 'linux')(
      'distributes as documented',
      async () => {
        await balanced(distributes[strategy])
      },
    )

    test.skipIf(strategy === 'ip-hash' && process.platform !== 'linux')('reaches an added node', async () => {
      await balanced(async ({ endpoint, balancer, spare }) => {
        await balancer.addNodes([await spare()])
        expect(tally(await connectMany(endpoint, 40))).toHaveProperty('n4')
      })
    })

    test('gives a removed node no new connections, and its open ones still work unless a reload cuts them', async () => {
      await balanced(async ({ endpoint, balancer }) => {
        const [open] = await connectMany(endpoint, 1)
        if (open === undefined) throw new Error('no client connected')
        await balancer.removeNode(open.node)
        const later = await connectMany(endpoint, 20)
        const returning = await connect(endpoint, { ...sourceOf(0), cookie: open.cookie })
        expect(tally([...later, returning])).not.toHaveProperty(open.node)
        if (balancers[kind].cutsAfterMs(balancerSettings.parse({})) === 0)
          expect(await until(() => open.socket.readyState === 3, 5_000)).toBe(true)
        else expect(await open.echo('still here')).toBe('still here')
      })
    })

    test('skips a node that died, at once', async () => {
      await balanced(async ({ endpoint, nodes }) => {
        const [open] = await connectMany(endpoint, 1)
        await nodes.find(({ id }) => id === open?.node)?.die()
        const diedMs = performance.now()
        const returning = await connect(endpoint, { ...sourceOf(0), cookie: open?.cookie ?? null })
        // It takes milliseconds. With HAProxy's default redispatch, it would be a second or more before another is tried.
        expect(performance.now() - diedMs).toBeLessThan(900)
        const later = await connectMany(endpoint, 20)
        expect(tally([...later, returning])).not.toHaveProperty(open?.node ?? '')
      })
    })
  })
})
