import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { findBinary } from '../binaries.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { childrenOf } from '../local/process-stat.js'
import { until } from '../readiness.js'
import { canRun } from '../testing/balanced.js'
import { connectMany, tally } from '../testing/client.js'
import { type FakeDocker, installFakeDocker } from '../testing/fake-docker.js'
import { smallPlan } from '../testing/plan.js'
import { type ComposeCluster, startComposeCluster } from './compose-cluster.js'

let sandbox: string
let docker: FakeDocker

beforeEach(() => {
  sandbox = mkdtempSync(join(tmpdir(), 'wsbench-test-'))
  mkdirSync(join(sandbox, 'tmp'))
  docker = installFakeDocker(sandbox)
  vi.stubEnv('XDG_STATE_HOME', join(sandbox, 'state'))
  vi.stubEnv('TMPDIR', join(sandbox, 'tmp'))
  vi.stubEnv('FAKE_DOCKER', docker.home)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(sandbox, { recursive: true })
})

function plan(kind: 'nginx' | 'haproxy'): ClusterPlan {
  const { balancer, broker, ...rest } = smallPlan(kind)
  return {
    ...rest,
    driver: 'compose',
    balancer: { ...balancer, binary: null },
    broker: { ...broker!, binary: null },
  }
}

function start(settings: ClusterPlan): Promise<ComposeCluster> {
  return startComposeCluster({
    plan: settings,
    binary: docker.binary,
    signal: new AbortController().signal,
  })
}

async function landsOn(cluster: ComposeCluster, clients: number): Promise<readonly string[]> {
  return Object.keys(tally(await connectMany(cluster.endpoints[0]!, clients))).sort()
}

/** As `landsOn`, but empty while the balancer considers every node down. */
function mayLandOn(cluster: ComposeCluster, clients: number): Promise<readonly string[]> {
  return landsOn(cluster, clients).catch(() => [])
}

/** Run directories, containers and child processes that still exist. */
async function leftovers(): Promise<readonly unknown[]> {
  const folders = ['tmp', 'docker'].flatMap((folder) => readdirSync(join(sandbox, folder)))
  return [...folders.filter((name) => name !== 'argv.jsonl'), ...(await childrenOf(process.pid))]
}

/** Each of the many commands to the fake docker starts a Node process. */
const PATIENCE = { timeout: 120_000 }
const hasRedis = findBinary('redis-server') !== null || Boolean(process.env.CI)

describe.each(['nginx', 'haproxy'] as const)('a cluster of containers behind %s', (kind) => {
  test.skipIf(!canRun(kind) || !hasRedis)(
    'starts, grows, is affected by events, ends',
    PATIENCE,
    async () => {
      const before = await leftovers()
      const cluster = await start(plan(kind))
      try {
        expect(cluster.info).toMatchObject({
          driver: 'compose',
          broker: { kind: 'redis', isEmbedded: false },
        })
        expect(cluster.info.balancer.version).toMatch(/^\d+\.\d+/)
        expect(cluster.endpoints[0]?.host).toBe('127.0.0.1')
        expect(await landsOn(cluster, 12)).toEqual(['n1', 'n2'])
        await cluster.addNodes(1)
        expect(await landsOn(cluster, 12)).toEqual(['n1', 'n2', 'n3'])

        await cluster.killNode('n1')
        await cluster.drainNode('n2')
        expect(cluster.nodes.map(({ id }) => id)).toEqual(['n3'])
        expect(await landsOn(cluster, 6)).toEqual(['n3'])
        await cluster.restartNode('n2')
        expect(await until(async () => (await mayLandOn(cluster, 12)).includes('n2'), 15_000)).toBe(true)

        await cluster.reloadBalancer()
        await cluster.killBalancer()
        await expect(landsOn(cluster, 1)).rejects.toThrow()
        await cluster.startBalancer()
        expect(await landsOn(cluster, 12)).toEqual(['n2', 'n3'])

        await cluster.freeze('n2')
        await cluster.thaw('n2')
        await cluster.thaw('n7')
        await cluster.disconnectBroker()
        await cluster.killBroker()
        await cluster.thaw('broker')
        await cluster.startBroker()
        expect(await until(async () => (await mayLandOn(cluster, 4)).length > 0, 15_000)).toBe(true)
        expect((await cluster.sample()).map(({ part }) => part)).toEqual(['balancer', 'broker', 'n3', 'n2'])
        expect(cluster.unexpectedExits).toEqual([])
      } finally {
        await cluster.down()
      }
      expect(await leftovers()).toEqual(before)
      expect(cluster.keptLogs).toBeNull()
      const calls = docker.calls()
      expect(calls).toEqual(
        expect.arrayContaining([
          'build n1',
          'up --detach --wait --no-deps --no-build redis',
          'attach --no-stdin --sig-proxy=false P-n1-1',
          'kill n1',
          'stop --timeout 11 n2',
          `kill --signal SIGHUP ${kind}`,
          'pause n2',
          'unpause n2',
        ]),
      )
      expect(calls.at(-1)).toBe('down --volumes --remove-orphans --timeout 0')
    },
  )
})

describe.skipIf(!canRun('nginx') || !hasRedis)('failures in a cluster of containers', () => {
  test('the balancer terminates TLS, with a certificate for the published address', PATIENCE, async () => {
    const settings = plan('nginx')
    const cluster = await start({ ...settings, balancer: { ...settings.balancer, tls: true } })
    try {
      expect(cluster.endpoints[0]?.tls?.ca).toMatch(/BEGIN CERTIFICATE/)
      expect(await landsOn(cluster, 4)).toEqual(['n1', 'n2'])
    } finally {
      await cluster.down()
    }
  })

  test.skipIf(findBinary('nats-server') === null)('NATS, if the bridge needs it', PATIENCE, async () => {
    const settings = plan('nginx')
    const nats = { ...settings.broker!, kind: 'nats' } as const
    const cluster = await start({ ...settings, bridge: 'nats-jetstream', broker: nats })
    try {
      expect(cluster.brokerUrl).toMatch(/^nats:\/\/127\.0\.0\.1:/)
      await cluster.killBroker()
      await cluster.startBroker()
      expect(await until(async () => (await mayLandOn(cluster, 4)).length > 0, 15_000)).toBe(true)
    } finally {
      await cluster.down()
    }
  })

  test(
    'a container that ends by itself is an unexpected exit with its exit code, and down keeps the logs',
    PATIENCE,
    async () => {
      const cluster = await start(plan('nginx'))
      try {
        const victim = readdirSync(docker.home).find((name) => name.includes('-n1-'))!
        const { pid } = JSON.parse(readFileSync(join(docker.home, victim, 'state.json'), 'utf8'))
        process.kill(pid, 'SIGKILL')
        expect(await until(() => cluster.nodes.length === 1, 5_000)).toBe(true)
        expect(cluster.unexpectedExits).toMatchObject([{ part: 'n1', how: 'exit 137' }])
      } finally {
        await cluster.down()
      }
      expect(readdirSync(cluster.keptLogs!)).toEqual(expect.arrayContaining(['n1.log', 'compose.log']))
    },
  )

  test.each([
    ['no engine', /^the docker engine can't be reached: Cannot connect to the Docker daemon/, /docker info/],
    ['no compose', /^docker has no compose: unknown docker command/, /compose plugin/],
    ['create fails', /^compose failed: docker compose create$/, /pull access denied/],
    ['up fails', /^broker did not come up: compose failed/, /pull access denied/],
  ])('%s: a set-up error, and nothing is left', async (failure, message, hint) => {
    vi.stubEnv('FAKE_DOCKER_TROUBLE', failure)
    const before = await leftovers()
    await expect(start(plan('nginx'))).rejects.toMatchObject({
      exit: 'setup',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
    expect(await leftovers()).toEqual(before)
  })
})
