import { setTimeout as wait } from 'node:timers/promises'
import { LimitSide } from '../c-limit.js'
import { compare, type Figure } from '../figure.js'
import { type GeneratorSide, WorkerSide } from '../generator-side.js'
import { NodeServer } from '../node-server.js'
import type { BenchOptions, Workload } from '../workload.js'

/** Far enough apart that a client reads each message by itself: several in one read flatter the figure. */
const BROADCAST_HZ = 20
const load = { clients: 1000, connectRateHz: 2000, publishers: 0, rateHz: BROADCAST_HZ }
const TURN_BROADCASTS = 25
/** Until then the machine code is not made yet. */
const WARM_UP_TURNS = 3
const SETTLE_MS = 100

interface Side {
  readonly name: string
  readonly server: NodeServer
  readonly generator: GeneratorSide
  readonly micros: number[]
}

export const receive: Workload = {
  title: `fan-out receive: ${load.clients} clients, 128 bytes, ${BROADCAST_HZ} broadcasts a second`,

  async run({ rounds, limit }: BenchOptions): Promise<Figure[]> {
    const sides = await Promise.all([
      startSide('wsbench', (server) => WorkerSide.start('wsbench', server.endpoint, load)),
      startSide('ws client', (server) => WorkerSide.start('ws-worker', server.endpoint, load)),
      ...(limit === null
        ? []
        : [startSide('C limit', async (server) => LimitSide.start(limit, server.port, load))]),
    ])
    for (let round = -WARM_UP_TURNS; round < rounds; round += 1) {
      for (const side of sides) await takeTurn(side, round < 0)
    }
    for (const side of sides) await checkAndStop(side)
    return figures(Object.fromEntries(sides.map(({ name, micros }) => [name, micros])))
  },
}

async function startSide(name: string, start: (server: NodeServer) => Promise<GeneratorSide>): Promise<Side> {
  const server = await NodeServer.start('reference')
  const generator = await start(server)
  await generator.connect()
  generator.start()
  return { name, server, generator, micros: [] }
}

async function takeTurn({ server, generator, micros }: Side, isWarmUp: boolean): Promise<void> {
  const before = generator.program.cpuMicros()
  for (let broadcast = 0; broadcast < TURN_BROADCASTS; broadcast += 1) {
    const next = wait(1000 / BROADCAST_HZ)
    await server.broadcast()
    await next
  }
  await wait(SETTLE_MS)
  const used = generator.program.cpuMicros() - before
  if (!isWarmUp) micros.push(used / (TURN_BROADCASTS * load.clients))
}

async function checkAndStop({ name, server, generator }: Side): Promise<void> {
  await generator.stopPublishing()
  const delivered = await generator.delivered(server)
  const due = server.sentMicros.length * load.clients
  if (delivered !== due) throw new Error(`${name} counted ${delivered} deliveries of ${due}`)
  await generator.stop()
  await server.stop()
}

function figures(sides: Record<string, readonly number[]>): Figure[] {
  const shared = { name: 'receive.cpu', unit: 'µs a message', ours: 'wsbench' }
  const figures = [compare(sides, { ...shared, against: 'ws client', target: { atMost: 0.7 } })]
  if (sides['C limit'])
    figures.push(compare(sides, { ...shared, against: 'C limit', target: { atMost: 1.5 } }))
  return figures
}
