import { setTimeout as wait } from 'node:timers/promises'
import { compare, type Figure } from '../figure.js'
import { WorkerSide } from '../generator-side.js'
import { NodeServer } from '../node-server.js'
import type { BenchOptions, Workload } from '../workload.js'

const load = { clients: 0, connectRateHz: 2000, publishers: 200, rateHz: 120 }
const WARM_UP_MS = 1000
const MEASURE_MS = 2000

const kinds = { wsbench: 'wsbench', 'ws client': 'ws-worker' } as const

export const publish: Workload = {
  title: `publish and its ack: ${load.publishers} publishers, 128 bytes, ${load.rateHz}/s each`,

  async run({ rounds }: BenchOptions): Promise<Figure[]> {
    const server = await NodeServer.start('reference')
    const sides: Record<keyof typeof kinds, number[]> = { wsbench: [], 'ws client': [] }
    for (let round = 0; round < rounds; round += 1) {
      for (const name of ['wsbench', 'ws client'] as const) {
        sides[name].push(await measure(server, kinds[name]))
      }
    }
    await server.stop()
    return [
      compare(sides, {
        name: 'publish.cpu',
        unit: 'µs a message',
        ours: 'wsbench',
        against: 'ws client',
        target: { atMost: 0.6 },
      }),
    ]
  },
}

/** CPU of a message published and acknowledged, µs. Between two readings of the server's count, in mid-flow. */
async function measure(server: NodeServer, kind: 'wsbench' | 'ws-worker'): Promise<number> {
  const { program, ...generator } = await start(server, kind)
  await wait(WARM_UP_MS)
  const [messagesBefore, microsBefore] = [await server.published(), program.cpuMicros()]
  await wait(MEASURE_MS)
  const [messages, micros] = [await server.published(), program.cpuMicros()]
  await generator.finish()
  return (micros - microsBefore) / (messages - messagesBefore)
}

async function start(server: NodeServer, kind: 'wsbench' | 'ws-worker') {
  const side = await WorkerSide.start(kind, server.endpoint, load)
  const before = await server.published()
  await side.connect()
  side.start()
  const finish = async (): Promise<void> => {
    const acked = await side.stopPublishing()
    const published = (await server.published()) - before
    await side.stop()
    if (acked !== published) throw new Error(`${kind} counted ${acked} acks of ${published}`)
  }
  return { program: side.program, finish }
}
