import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { BalancerConfig } from '../../reference-cluster/balancer/contract.js'
import { entryPoint } from '../../src/base/entry-point.js'
import { findBinary } from '../../src/cluster/binaries.js'
import { compare, type Figure } from '../figure.js'
import { freePort } from '../free-port.js'
import { WorkerSide } from '../generator-side.js'
import { NodeServer } from '../node-server.js'
import { cores, Program, sideModule } from '../program.js'
import type { BenchOptions, Workload } from '../workload.js'

const HOST = '127.0.0.1'
const load = { clients: 0, connectRateHz: 2000, publishers: 100, rateHz: 40 }
const MOST_ROUNDS = 5
const WARM_UP_MS = 700
const MEASURE_MS = 2000

interface Balancer {
  readonly program: Program
  readonly port: number
}

const starters = { embedded: startEmbedded, 'net pipe': startPipe, nginx: startNginx }

/** Publishes and acks through it: two messages forwarded for each. */
export const balancer: Workload = {
  title: `embedded balancer: ${load.publishers} connections, 128 bytes there and an ack back, ${load.rateHz}/s each`,

  async run({ rounds }: BenchOptions): Promise<Figure[]> {
    const server = await NodeServer.start('reference')
    const names = (['embedded', 'net pipe', 'nginx'] as const).filter(
      (name) => name !== 'nginx' || findBinary('nginx') !== null,
    )
    const micros = Object.fromEntries(names.map((name): [string, number[]] => [name, []]))
    for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round += 1) {
      for (const name of names) micros[name]!.push(await measure(server, await starters[name](server.port)))
    }
    await server.stop()
    const shared = { name: 'balancer.cpu', unit: 'µs a round trip', ours: 'embedded' }
    return names.slice(1).map((against) => compare(micros, { ...shared, against }))
  },
}

async function measure(server: NodeServer, { program, port }: Balancer): Promise<number> {
  const generator = await WorkerSide.start('wsbench', { ...server.endpoint, port }, load, cores.others)
  await generator.connect()
  generator.start()
  await wait(WARM_UP_MS)
  const [messagesBefore, microsBefore] = [await server.published(), program.cpuMicros()]
  await wait(MEASURE_MS)
  const [messages, micros] = [await server.published(), program.cpuMicros()]
  await generator.stop()
  await program.stop()
  return (micros - microsBefore) / (messages - messagesBefore)
}

async function startEmbedded(port: number): Promise<Balancer> {
  const upstreams = [{ id: 'n1', host: HOST, port }]
  const config: BalancerConfig = { host: HOST, port: 0, strategy: 'round-robin', tls: null, upstreams }
  return startModule(entryPoint('balancer'), { WSBENCH_BALANCER: JSON.stringify(config) })
}

async function startPipe(port: number): Promise<Balancer> {
  return startModule(sideModule('pipe-proxy'), { WSBENCH_UPSTREAM: JSON.stringify({ host: HOST, port }) })
}

async function startModule(file: string, env: Readonly<Record<string, string>>): Promise<Balancer> {
  const program = Program.module(file, { core: cores.measured, env })
  const { port } = await program.answer<{ type: 'ready'; port: number }>('ready')
  return { program, port }
}

async function startNginx(upstream: number): Promise<Balancer> {
  const port = await freePort(HOST)
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-bench-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'nginx.conf')
  writeFileSync(file, nginxConfig(directory, port, upstream))
  const program = Program.binary(findBinary('nginx')!, ['-p', directory, '-c', file, '-e', 'error.log'], {
    core: cores.measured,
  })
  while (!(await isListening(port))) await wait(20)
  return { program, port }
}

function nginxConfig(directory: string, port: number, upstream: number): string {
  return `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
  server {
    listen ${HOST}:${port};
    location / {
      proxy_pass http://${HOST}:${upstream};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
    }
  }
}
`
}

async function isListening(port: number): Promise<boolean> {
  return fetch(`http://${HOST}:${port}/health`).then(
    ({ ok }) => ok,
    () => false,
  )
}
