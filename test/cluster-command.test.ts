import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Status } from '../src/daemon/messages.js'
import { start, until, wsbench } from './support/wsbench.js'

let home: string
let env: NodeJS.ProcessEnv
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wsbench-up-'))
  env = { XDG_RUNTIME_DIR: home }
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const embedded = ['--balancer', 'embedded', '--nodes', '2']

async function status(): Promise<Status> {
  const { stdout, stderr } = await wsbench(['cluster', 'status', '--json'], env)
  expect(stdout, stderr).not.toBe('')
  return JSON.parse(stdout) as Status
}

async function untilUp(): Promise<void> {
  let answer = await wsbench(['cluster', 'status'], env)
  while (answer.stderr.includes('coming up')) answer = await wsbench(['cluster', 'status'], env)
}

it('runs in the foreground, serves clients, runs events, and leaves nothing behind', async () => {
  const up = start(['cluster', 'up', ...embedded], env)
  await until(() => readdirSync(home).length > 0, 'the control socket')
  await untilUp()
  const { urls } = await status()
  const socket = new WebSocket(urls[0]!)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const sum = ({ nodes }: Status) => nodes.reduce((all, { stats }) => all + (stats?.connections ?? 0), 0)
  expect(sum(await status())).toBe(1)

  const second = await wsbench(['cluster', 'up'], env)
  expect([second.code, second.stderr]).toEqual([3, expect.stringContaining('a cluster is up already')])
  const killed = await wsbench(['cluster', 'chaos', 'node-kill', '--node', '2'], env)
  expect([killed.code, killed.stdout]).toEqual([0, expect.stringContaining('node-kill#1: n2')])
  expect((await status()).nodes.map(({ id }) => id)).toEqual(['n1'])
  const impossible = await wsbench(['cluster', 'chaos', 'partition'], env)
  expect([impossible.code, impossible.stderr]).toEqual([3, expect.stringContaining('cluster up --proxy')])

  const down = await wsbench(['cluster', 'down'], env)
  expect(down.code, down.stderr).toBe(0)
  const { code, orphans, leftovers } = await up.finished
  expect([code, orphans, leftovers, readdirSync(home)]).toEqual([0, [], [], []])
  socket.terminate()
})

it('a cluster that was killed is not found any more, and another can be started', async () => {
  const up = start(['cluster', 'up', ...embedded, '--bridge', 'none'], env)
  const socket = join(home, 'wsbench/cluster.sock')
  await until(() => existsSync(socket), 'the control socket')
  up.child.kill('SIGKILL')
  expect((await up.finished).orphans).toEqual([])
  const asked = await wsbench(['cluster', 'status'], env)
  expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining('no cluster is up')])
  expect(readdirSync(home)).toEqual([])
  // The next one fails for a reason of its own, not because of the socket that was left.
  const next = await wsbench(['cluster', 'up', '--detach', '--balancer', 'nginx'], {
    ...env,
    PATH: join(process.execPath, '..'),
  })
  expect([next.code, next.stderr]).toEqual([3, expect.stringContaining('nginx is not installed')])
  expect(readdirSync(home)).toEqual([])
})

it('a request that this version does not know is refused, whatever it is', async () => {
  const up = start(['cluster', 'up', ...embedded, '--bridge', 'none'], env)
  const path = join(home, 'wsbench/cluster.sock')
  await until(() => existsSync(path), 'the control socket')
  const requests = [
    { type: 'scale' },
    null,
    [],
    { type: 'chaos', event: 7 },
    { type: 'chaos', event: 'node-kill', settings: [{}] },
  ]
  for (const request of requests) {
    const socket = createConnection(path)
    socket.write(`${JSON.stringify(request)}\n`)
    expect(await text(socket)).toMatch(/^\{"type":"refused","message":"unknown request"/)
  }
  await untilUp()
  expect((await wsbench(['cluster', 'down'], env)).code).toBe(0)
  expect((await up.finished).code).toBe(0)
})
