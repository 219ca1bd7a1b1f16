import { compare, type Figure } from '../figure.js'
import { NodeServer } from '../node-server.js'
import { cores, Program, sideModule } from '../program.js'
import type { BenchOptions, Workload } from '../workload.js'

const CLIENTS = 500
const TURN_BROADCASTS = 200
/** Published at once, as a busy broker hands them over. */
const BURST = 8

interface Side {
  readonly name: string
  readonly server: NodeServer
  readonly sink: Program
  /** One at a time, and in bursts. */
  readonly single: number[]
  readonly burst: number[]
}

/** As fast as the server can: each broadcast, or burst of them, follows the ack of the one before. */
export const broadcast: Workload = {
  title: `node broadcast: ${CLIENTS} clients, 128 bytes, one after the other and ${BURST} at once`,

  async run({ rounds }: BenchOptions): Promise<Figure[]> {
    const sides = [await startSide('node', 'reference'), await startSide('ws.send', 'ws-node')]
    for (let round = -1; round < rounds; round += 1) {
      for (const side of sides) await takeTurn(side, round < 0)
    }
    for (const { sink, server } of sides) {
      await sink.stop()
      await server.stop()
    }
    return [figure('broadcast.rate', sides, 'single'), figure('broadcast.burst', sides, 'burst')]
  },
}

async function startSide(name: string, kind: 'reference' | 'ws-node'): Promise<Side> {
  const server = await NodeServer.start(kind, cores.measured)
  const env = { WSBENCH_SINK: JSON.stringify({ ...server.endpoint, clients: CLIENTS }) }
  const sink = Program.module(sideModule('sink'), { core: cores.others, env })
  await sink.answer('connected')
  return { name, server, sink, single: [], burst: [] }
}

async function takeTurn({ server, single, burst }: Side, isWarmUp: boolean): Promise<void> {
  for (const [rates, size] of [
    [single, 1],
    [burst, BURST],
  ] as const) {
    const before = server.program.cpuMicros()
    for (let sent = 0; sent < TURN_BROADCASTS; sent += size) await server.broadcast(size)
    const seconds = (server.program.cpuMicros() - before) / 1e6
    if (!isWarmUp) rates.push((TURN_BROADCASTS * CLIENTS) / seconds)
  }
}

function figure(name: string, sides: readonly Side[], mode: 'single' | 'burst'): Figure {
  const rates = Object.fromEntries(sides.map((side) => [side.name, side[mode]]))
  const unit = 'deliveries a CPU second'
  return compare(rates, { name, unit, ours: 'node', against: 'ws.send', target: { atLeast: 1.5 } })
}
