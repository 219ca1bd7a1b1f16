import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type BalancerKind, balancers } from '../balancers/index.js'
import { findBinary } from '../binaries.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { until } from '../readiness.js'
import { canRun } from '../testing/balanced.js'
import { connectMany, tally } from '../testing/client.js'
import { smallPlan } from '../testing/plan.js'
import { type LocalCluster, startLocalCluster } from './local-cluster.js'
import { childrenOf } from './process-stat.js'

let sandbox: string

beforeEach(() => {
  sandbox = mkdtempSync(join(tmpdir(), 'wsbench-test-'))
  vi.stubEnv('XDG_STATE_HOME', join(sandbox, 'state'))
  vi.stubEnv('TMPDIR', sandbox)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(sandbox, { recursive: true })
})

function start(plan: ClusterPlan): Promise<LocalCluster> {
  return startLocalCluster({ plan, descriptors: 1024, expectedClients: 50 })
}

async function landsOn(cluster: LocalCluster, clients: number): Promise<readonly string[]> {
  const [endpoint] = cluster.endpoints
  if (endpoint === undefined) throw new Error('no endpoint')
  return Object.keys(tally(await connectMany(endpoint, clients))).sort()
}

/** Run directories and child processes that still exist. */
async function leftovers(): Promise<readonly unknown[]> {
  return [...readdirSync(sandbox).filter((name) => name !== 'state'), ...(await childrenOf(process.pid))]
}

describe.each(Object.keys(balancers) as BalancerKind[])('a local cluster behind %s', (kind) => {
  test.skipIf(!canRun(kind))('starts, grows, loses a node, drains one, ends', async () => {
    const before = await leftovers()
    const cluster = await start(smallPlan(kind))
    try {
      expect(cluster.info.balancer.version).toMatch(/^\d+\.\d+/)
      expect(cluster.brokerUrl).toMatch(/^redis:\/\/127\./)
      expect(await landsOn(cluster, 12)).toEqual(['n1', 'n2'])

      const [added] = await cluster.addNodes(1)
      expect(added).toMatchObject({ id: 'n3', state: 'up' })
      expect(await landsOn(cluster, 12)).toContain('n3')

      await cluster.killNode('n1')
      await cluster.drainNode('n2')
      expect(cluster.nodes.map(({ id }) => id)).toEqual(['n3'])
      expect(cluster.poolRemovals).toEqual([
        { node: 'n2', fromMicros: expect.any(Number), untilMicros: null },
      ])
      expect(await landsOn(cluster, 6)).toEqual(['n3'])
      expect(cluster.unexpectedExits).toEqual([])
      if (process.platform === 'linux') {
        expect((await cluster.sample()).map(({ part }) => part)).toEqual(['balancer', 'broker', 'n3'])
      }
    } finally {
      await cluster.down()
    }
    expect(cluster.keptLogs).toBeNull()
    expect(await leftovers()).toEqual(before)
  })
})

describe.each(Object.keys(balancers) as BalancerKind[])('what events do to a cluster behind %s', (kind) => {
  test.skipIf(!canRun(kind))('parts are restarted at their addresses', async () => {
    const plan = smallPlan(kind)
    const before = await leftovers()
    const cluster = await start({ ...plan, broker: { ...plan.broker!, isProxied: true } })
    try {
      const [n1] = cluster.nodes
      await cluster.killNode('n1')
      await expect(cluster.restartNode('n2')).rejects.toMatchObject({ exit: 'setup' })
      await cluster.restartNode('n1')
      await cluster.drainNode('n2')
      await cluster.restartNode('n2')
      const [removal, ...others] = cluster.poolRemovals
      expect([removal?.node, others]).toEqual(['n2', []])
      expect(removal!.untilMicros).toBeGreaterThan(removal!.fromMicros)
      expect(cluster.nodes).toContainEqual(n1)
      // A balancer may avoid the killed node for a while.
      expect(await until(async () => (await landsOn(cluster, 12)).length === 2, 15_000)).toBe(true)

      if (balancers[kind].canReload) await cluster.reloadBalancer()
      else await expect(cluster.reloadBalancer()).rejects.toThrow(/reload/)
      await cluster.killBalancer()
      await expect(landsOn(cluster, 1)).rejects.toThrow()
      await cluster.startBalancer()
      expect(await landsOn(cluster, 12)).toEqual(['n1', 'n2'])

      const { hostname, port } = new URL(cluster.brokerUrl!)
      const visitor = connectSocket({ host: hostname, port: Number(port) })
      await once(visitor, 'connect')
      visitor.write('*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nhere\r\n')
      await once(visitor, 'data')
      const cut = once(visitor, 'close')
      await cluster.disconnectBroker()
      await cut
      await cluster.killBroker()
      await cluster.startBroker()
      expect(await until(async () => (await landsOn(cluster, 4)).length > 0, 5_000)).toBe(true)
      await cluster.shapeBrokerPath(['n1', 'n2'], { kind: 'black-hole' })
      await cluster.freeze('n1')
      await cluster.freeze('broker')
      await cluster.thaw('n7')
      expect(cluster.unexpectedExits).toEqual([])
    } finally {
      await cluster.down()
    }
    await expect(cluster.startBroker()).rejects.toMatchObject({
      message: "broker can't be started: the run is over",
    })
    expect(await leftovers()).toEqual(before)
  })
})

describe.skipIf(!canRun('nginx') || (findBinary('redis-server') === null && !process.env.CI))(
  'failures in a local cluster',
  () => {
    /** nginx with one more directive, either when it tests its configuration or when it runs. */
    function brokenNginx(whenTesting: boolean, directive: string): string {
      const script = `#!/bin/sh
case " $* " in *" -v "*) is_testing=version;; *" -t "*) is_testing=true;; *) is_testing=false;; esac
[ $is_testing = ${whenTesting} ] && exec ${findBinary('nginx')} "$@" -g '${directive}'
exec ${findBinary('nginx')} "$@"
`
      const file = join(sandbox, 'state', 'nginx')
      mkdirSync(join(sandbox, 'state'))
      writeFileSync(file, script)
      chmodSync(file, 0o755)
      return file
    }

    const withBinary = (binary: string): ClusterPlan => {
      const plan = smallPlan('nginx')
      return { ...plan, balancer: { ...plan.balancer, binary } }
    }

    test('a configuration that nginx rejects is an error with its message, and nothing is left', async () => {
      const plan = withBinary(brokenNginx(true, 'no_such_directive on;'))
      const before = await leftovers()
      await expect(start(plan)).rejects.toMatchObject({
        exit: 'setup',
        message: expect.stringContaining('balancer: nginx rejects its configuration'),
        hint: expect.stringContaining('unknown directive "no_such_directive"'),
      })
      expect(await leftovers()).toEqual(before)
    })

    test('a part that ends before it is ready is an error with its log, which is kept', async () => {
      const plan = withBinary(brokenNginx(false, 'pid /nowhere/nginx.pid;'))
      const before = await leftovers()
      const failure = await start(plan).catch((error) => error)
      expect(failure).toMatchObject({
        exit: 'setup',
        message: expect.stringMatching(/^balancer ended \(exit 1\) before it was ready at 127\..*:\d+$/),
        hint: expect.stringMatching(
          /"pid" directive is duplicate[\s\S]*all logs: .*state\/wsbench\/logs\/wsbench-/,
        ),
      })
      expect(await leftovers()).toEqual(before)
    })

    test('more clients than the balancer carries are refused before anything starts', async () => {
      const refused = startLocalCluster({
        plan: smallPlan('nginx'),
        descriptors: 1024,
        expectedClients: 1_000,
      })
      await expect(refused).rejects.toMatchObject({
        exit: 'setup',
        message: expect.stringMatching(/carry \d+ clients, and 1000 are planned/),
      })
    })

    test.runIf(process.platform === 'linux')(
      'a node that ends by itself is an unexpected exit, and down keeps the logs',
      async () => {
        const cluster = await start(smallPlan('nginx'))
        try {
          const victim = (await childrenOf(process.pid)).find((pid) => isNode(pid, 'n1'))
          if (victim === undefined) throw new Error('n1 was not found')
          process.kill(victim, 'SIGKILL')
          expect(await until(() => cluster.nodes.length === 1, 5_000)).toBe(true)
          expect(cluster.unexpectedExits).toMatchObject([{ part: 'n1', how: 'SIGKILL' }])
          await expect(cluster.killNode('n1')).rejects.toMatchObject({ exit: 'setup', hint: 'up: n2' })
          await expect(cluster.addNodes(2)).rejects.toMatchObject({ exit: 'setup' })
        } finally {
          await cluster.down()
        }
        expect(readdirSync(cluster.keptLogs ?? '')).toContain('n1.log')
      },
    )
  },
)

/** Whether a process was started as the node `id`, by its environment. */
function isNode(pid: number, id: string): boolean {
  return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`WSBENCH_NODE={"id":"${id}"`)
}
