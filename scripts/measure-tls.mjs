// What TLS costs a generator process and each balancer beside plain TCP: node scripts/measure-tls.mjs [connections]
// Run after the build. Roles are processes: this one compares, `client` measures itself, `node` sends what it is told to.
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'
import { strategies } from '../build/src/cluster/affinity/index.js'
import { balancers } from '../build/src/cluster/balancers/index.js'
import { findBinary } from '../build/src/cluster/binaries.js'
import { drawLoopbackHost } from '../build/src/cluster/local/loopback.js'
import { usageOf } from '../build/src/cluster/local/process-stat.js'
import { openLauncher } from '../build/src/cluster/local/run-launcher.js'
import { writeTlsFiles } from '../build/src/cluster/tls/tls-files.js'
import { Connection } from '../build/src/generator/wire/connection.js'

const ROUNDS = 40
const MESSAGE_BYTES = 256
const self = fileURLToPath(import.meta.url)
const count = Number(process.argv[2] ?? 500)
const [role, kind, transport] = (process.env.MEASURE ?? 'compare').split(' ')
await { compare, client, node }[role]()

function compare() {
  for (const balancer of Object.keys(balancers)) {
    for (const over of ['tcp', 'tls']) {
      const env = { ...process.env, MEASURE: `client ${balancer} ${over}` }
      spawnSync(process.execPath, ['--expose-gc', self, String(count)], { stdio: 'inherit', env })
    }
  }
}

async function node() {
  const http = createServer((_request, response) => response.end())
  const sockets = new WebSocketServer({ server: http })
  process.on('message', () => {
    for (const socket of sockets.clients) socket.send(Buffer.alloc(MESSAGE_BYTES))
  })
  http.listen(0, '127.0.0.1', () => process.send(http.address().port))
}

async function client() {
  const sender = fork(self, { env: { ...process.env, MEASURE: 'node' } })
  const [port] = await once(sender, 'message')
  const launcher = await openLauncher(console.error)
  const host = await drawLoopbackHost()
  const balancer = await balancers[kind].start({
    launcher,
    host,
    binary: findBinary(kind),
    strategy: strategies['round-robin'],
    processes: 1,
    descriptors: 20_000,
    maxNodes: 1,
    nodes: [{ id: 'n1', slot: 0, host: '127.0.0.1', port }],
    tls: transport === 'tls' ? await writeTlsFiles(launcher.directory, host) : null,
  })
  console.log(kind, transport, JSON.stringify(await figures(balancer, sender)))
  sender.kill()
  await launcher.dispose({ keepLogs: false })
  process.exit()
}

async function figures(balancer, sender) {
  const seen = { opened: 0, received: 0 }
  const handlers = {
    onOpen: () => seen.opened++,
    onText() {},
    onBinary: () => seen.received++,
    onClose() {},
    onFailure: (_connection, failure) => console.error(failure),
  }
  const idle = await usages(balancer)
  for (let opening = 1; opening <= count; opening += 1) {
    new Connection({ ...balancer.endpoints[0], id: opening, timeoutMs: 30_000, handlers })
    if (opening % 20 === 0 || opening === count) await until(() => seen.opened === opening)
  }
  const open = await usages(balancer)
  for (let round = 1; round <= ROUNDS; round += 1) {
    sender.send('all')
    await until(() => seen.received === round * count)
  }
  const done = await usages(balancer)
  return Object.fromEntries(
    ['generator', 'balancer'].map((part) => [
      part,
      {
        microsPerConnect: Math.round((open[part].cpuMicros - idle[part].cpuMicros) / count),
        microsPerMessage: Number(((done[part].cpuMicros - open[part].cpuMicros) / count / ROUNDS).toFixed(1)),
        kbPerConnection: Math.round((open[part].rssBytes - idle[part].rssBytes) / count / 1000),
      },
    ]),
  )
}

async function usages(balancer) {
  gc()
  const { user, system } = process.cpuUsage()
  return {
    generator: { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() },
    balancer: await usageOf(balancer.pids),
  }
}

async function until(holds) {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}
