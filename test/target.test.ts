import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DelayingServer } from './support/delaying-server.js'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { root, wsbench } from './support/wsbench.js'

const phases = '{ warmup: 500ms, measure: 2s, grace: 2s }'

let servers: Servers
beforeEach(() => {
  servers = new Servers()
})
afterEach(() => servers.stop())

const page = readFileSync(join(root, 'docs/protocols.md'), 'utf8')

/** The complete module on the docs page. */
function documentedModule(): string {
  return /```js\n(.*?)```/s.exec(page)![1]!
}

/** What the page says is enough for a server that only echoes. */
function documentedEcho(): string {
  return `export default () => ({ ${/For an echo server, `([^`]+)` is enough/.exec(page)![1]} })`
}

describe('a protocol module from the docs page', () => {
  it('is under 40 lines, and every message gets to every member', async () => {
    const text = documentedModule()
    expect(text.split('\n').length).toBeLessThan(40)
    servers.write('lines.mjs', text)
    const { port } = await servers.fixture('lines-server.mjs')
    const scenario = servers.write(
      'lines.yaml',
      `{ name: lines, target: { url: 'ws://127.0.0.1:${port}/', protocol: ./lines.mjs }, clients: { count: 20 },
         traffic: [{ channel: { name: room, count: 4, members: 5 }, rate: 10/s }], phases: ${phases}, validity: ${patience} }`,
    )
    const { result, stdout, stderr, code } = await wsbench(['run', scenario])
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ due: 4 * 5 * 25, delivered: 4 * 5 * 25, lost: 0, unexpected: 0 })
  })

  it('drives an echo server', async () => {
    servers.write('echo.mjs', documentedEcho())
    const { port } = await servers.fixture('lines-server.mjs', { ECHO: '1' })
    const scenario = servers.write(
      'echo.yaml',
      `{ name: echo, target: { url: 'ws://127.0.0.1:${port}/', protocol: ./echo.mjs }, clients: { count: 210 },
         traffic: [{ channel: { name: echo }, via: echo, rate: 4/s }], phases: ${phases}, validity: ${patience} }`,
    )
    const { result, stdout, stderr, code } = await wsbench(['run', scenario])
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ due: 210 * 10, delivered: 210 * 10, lost: 0, unexpected: 0 })
    expect(result!.delivery.published).toMatchObject({ sent: 2100, acked: 2100 })
    expect(result!.scenario.plan.workers).toBe(2)
  })
})

describe('target.stats', () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const metrics = createServer(async (_request, response) => response.end(await registry.metrics()))
  let url: string
  beforeEach(async () => {
    await new Promise<void>((resolve) => metrics.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(metrics.address() as AddressInfo).port}/metrics`
  })
  afterEach(() => new Promise((resolve) => metrics.close(resolve)))

  async function runWith(stats: Record<string, string>) {
    servers.write('lines.mjs', documentedModule())
    const { port } = await servers.fixture('lines-server.mjs')
    const scenario = servers.write(
      'stats.yaml',
      `{ name: stats, target: { url: 'ws://127.0.0.1:${port}/', protocol: ./lines.mjs, stats: ${JSON.stringify(stats)} },
         clients: { count: 10 }, traffic: [{ channel: { name: room }, rate: 10/s }], phases: ${phases}, validity: ${patience} }`,
    )
    return await wsbench(['run', scenario, '--full'])
  }

  it('are in the result as the bundled cluster’s are', async () => {
    const { result, stdout, stderr, code } = await runWith({ broker: url })
    expect(code, `${stdout}${stderr}`).toBe(0)
    const { broker } = result!.cluster.peaks
    expect(broker!.rssBytes).toBeGreaterThan(10e6)
    expect(broker!.measuredCpuMicros).toBeGreaterThan(0)
    expect(broker!.cpuMicros).toBeLessThan(60e6)
    expect(stdout).toMatch(/^Resources +broker +generator$/m)
    // Nothing is reported of nodes without stats.
    expect(stdout).not.toContain('all nodes')
  })

  it('that are not there end the run before load: exit 3', async () => {
    const { code, stderr, result } = await runWith({ 'ws-1': 'http://127.0.0.1:4/metrics' })
    expect([code, result], stderr).toEqual([3, null])
    expect(stderr).toContain('target.stats: ws-1, at 127.0.0.1:4: no answer')
  })
})

describe('the reference protocol on a target', () => {
  it('is driven as the bundled cluster is, by --target', async () => {
    const server = await DelayingServer.start(0)
    const scenario = servers.write(
      'ours.yaml',
      `{ name: ours, clients: { count: 10 }, traffic: [{ channel: { name: all }, rate: 10/s }], phases: ${phases}, validity: ${patience} }`,
    )
    const run = ['run', scenario, '--target', `ws://127.0.0.1:${server.port}/ws/`]
    const { result, stdout, stderr, code } = await wsbench(run)
    await server.stop()
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ due: 250, delivered: 250, lost: 0 })
    expect(stdout).toContain(`reference → ws://127.0.0.1:${server.port}`)
  })

  it('--max-duration stops it, the result kept', async () => {
    const server = await DelayingServer.start(0)
    const scenario = servers.write(
      'long.yaml',
      `{ name: long, target: { url: 'ws://127.0.0.1:${server.port}/ws/' }, clients: { count: 5 }, phases: { warmup: 0s, measure: 1h } }`,
    )
    const { result, code } = await wsbench(['run', scenario, '--max-duration', '2s'])
    await server.stop()
    expect(code).toBe(130)
    expect(result!.verdict.reasons[0]).toMatch(/interrupted after .* measured: it took longer than 2 s/)
  })
})

describe('a target that won’t have us', () => {
  it('ends the run before any load: exit 3', async () => {
    const scenario = servers.write(
      'nobody.yaml',
      `{ name: nobody, target: { url: 'ws://127.0.0.1:1/', protocol: json }, clients: { count: 2 } }`,
    )
    const { code, stderr, result } = await wsbench(['run', scenario])
    expect([code, result]).toEqual([3, null])
    expect(stderr).toMatch(/ws:\/\/127\.0\.0\.1:1: refused/)
  })
})
