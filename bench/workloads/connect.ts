import { setTimeout as wait } from 'node:timers/promises'
import { LimitSide } from '../c-limit.js'
import { compare, type Figure } from '../figure.js'
import { type GeneratorSide, WorkerSide } from '../generator-side.js'
import { NodeServer } from '../node-server.js'
import type { BenchOptions, Workload } from '../workload.js'

const load = { clients: 8000, connectRateHz: 4000, publishers: 0, rateHz: 0 }
const MOST_ROUNDS = 4
const SETTLE_MS = 500

interface Cost {
  /** Of a connection opened and subscribed. */
  readonly micros: number
  /** Kept by a connection that is idle then. */
  readonly bytes: number
}

/** Fresh processes each round: what warming up and growing the heap cost is in the figures, shared by all connections. */
export const connect: Workload = {
  title: `connect and stay: ${load.clients} clients, one subscription each, ${load.connectRateHz} a second`,

  async run({ rounds, limit }: BenchOptions): Promise<Figure[]> {
    const starters: Record<string, (server: NodeServer) => Promise<GeneratorSide>> = {
      wsbench: (server) => WorkerSide.start('wsbench', server.endpoint, load),
      'ws client': (server) => WorkerSide.start('ws-worker', server.endpoint, load),
      ...(limit === null ? {} : { 'C limit': async (server) => LimitSide.start(limit, server.port, load) }),
    }
    const costs = Object.fromEntries(Object.keys(starters).map((name): [string, Cost[]] => [name, []]))
    for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round += 1) {
      for (const [name, start] of Object.entries(starters)) costs[name]!.push(await measure(start))
    }
    return figures(costs)
  },
}

async function measure(start: (server: NodeServer) => Promise<GeneratorSide>): Promise<Cost> {
  const server = await NodeServer.start('reference')
  const generator = await start(server)
  const { program } = generator
  const before = { micros: program.cpuMicros(), bytes: program.rssBytes() }
  await generator.connect()
  const micros = program.cpuMicros()
  await wait(SETTLE_MS)
  const bytes = program.rssBytes()
  await generator.stop()
  await server.stop()
  return {
    micros: (micros - before.micros) / load.clients,
    bytes: (bytes - before.bytes) / load.clients,
  }
}

function figures(costs: Readonly<Record<string, readonly Cost[]>>): Figure[] {
  const of = (name: string, key: keyof Cost): readonly number[] => costs[name]!.map((cost) => cost[key])
  const each = (key: keyof Cost) =>
    Object.fromEntries(Object.keys(costs).map((name): [string, readonly number[]] => [name, of(name, key)]))
  const cpu = { name: 'connect.cpu', unit: 'µs a connection', ours: 'wsbench' }
  const memory = { name: 'idle.memory', unit: 'bytes a connection', ours: 'wsbench' }
  const sevenKilobytes = { ...each('bytes'), '7 KB': of('wsbench', 'bytes').map(() => 7000) }
  return [
    compare(each('micros'), { ...cpu, against: 'ws client', target: { atMost: 0.5 } }),
    ...(costs['C limit'] ? [compare(each('micros'), { ...cpu, against: 'C limit' })] : []),
    compare(sevenKilobytes, { ...memory, against: '7 KB', target: { atMost: 1 } }),
    compare(each('bytes'), { ...memory, against: 'ws client' }),
  ]
}
