import { compare, type Figure } from '../figure.js'
import { NodeServer } from '../node-server.js'
import { cores, Program, sideModule } from '../program.js'
import type { BenchOptions, Workload } from '../workload.js'

const CLIENTS = 500
const TURN_BROADCASTS = 200

interface Side {
  readonly name: string
  readonly server: NodeServer
  readonly sink: Program
  readonly rates: number[]
}

/** As fast as the server can: each broadcast follows the ack of the one before. */
export const broadcast: Workload = {
  title: `node broadcast: ${CLIENTS} clients, 128 bytes, one after the other`,

  async run({ rounds }: BenchOptions): Promise<Figure[]> {
    const sides = [await startSide('node', 'reference'), await startSide('ws.send', 'ws-node')]
    for (let round = -1; round < rounds; round += 1) {
      for (const side of sides) await takeTurn(side, round < 0)
    }
    for (const { sink, server } of sides) {
      await sink.stop()
      await server.stop()
    }
    const rates = Object.fromEntries(sides.map((side) => [side.name, side.rates]))
    return [
      compare(rates, {
        name: 'broadcast.rate',
        unit: 'deliveries a CPU second',
        ours: 'node',
        against: 'ws.send',
        target: { atLeast: 1.5 },
      }),
    ]
  },
}

async function startSide(name: string, kind: 'reference' | 'ws-node'): Promise<Side> {
  const server = await NodeServer.start(kind, cores.measured)
  const env = { WSBENCH_SINK: JSON.stringify({ ...server.endpoint, clients: CLIENTS }) }
  const sink = Program.module(sideModule('sink'), { core: cores.others, env })
  await sink.answer('connected')
  return { name, server, sink, rates: [] }
}

async function takeTurn({ server, rates }: Side, isWarmUp: boolean): Promise<void> {
  const before = server.program.cpuMicros()
  for (let broadcast = 0; broadcast < TURN_BROADCASTS; broadcast += 1) await server.broadcast()
  const seconds = (server.program.cpuMicros() - before) / 1e6
  if (!isWarmUp) rates.push((TURN_BROADCASTS * CLIENTS) / seconds)
}
