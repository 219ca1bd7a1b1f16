import { setTimeout as wait } from 'node:timers/promises'
import { compare, type Figure } from '../figure.js'
import { WorkerSide } from '../generator-side.js'
import { NodeServer } from '../node-server.js'
import { cores, sideModule } from '../program.js'
import type { Allocations } from '../sides/allocations.js'
import type { BenchOptions, Workload } from '../workload.js'

const PAUSE_MS = 10
const load = { clients: 500, connectRateHz: 2000, publishers: 0, rateHz: 1000 / PAUSE_MS }
const WARM_UP_BROADCASTS = 100
const BROADCASTS = 100
const MOST_ROUNDS = 2
const SHOWN = 6

const kinds = { wsbench: 'wsbench', 'ws client': 'ws-worker' } as const

/** What is allocated on the heap while messages come, collected or not, over how many came; and by which functions. */
export const garbage: Workload = {
  title: `garbage: bytes allocated for a received message, ${load.clients} clients`,

  async run({ rounds }: BenchOptions): Promise<Figure[]> {
    const notes: string[] = []
    const bytes: Record<keyof typeof kinds, number[]> = { wsbench: [], 'ws client': [] }
    for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round += 1) {
      for (const name of ['wsbench', 'ws client'] as const) {
        const allocations = await measure(kinds[name])
        bytes[name].push(perMessage(sum(Object.values(allocations.bytesByFunction))))
        if (round === 0) notes.push(...most(name, allocations))
      }
    }
    const shared = { name: 'receive.garbage', unit: 'bytes a message', ours: 'wsbench' }
    return [{ ...compare(bytes, { ...shared, against: 'ws client' }), notes }]
  },
}

async function measure(kind: 'wsbench' | 'ws-worker'): Promise<Allocations> {
  const server = await NodeServer.start('reference')
  const flags = ['--import', sideModule('allocations')]
  const side = await WorkerSide.start(kind, server.endpoint, load, cores.measured, flags)
  await side.connect()
  side.start()
  await broadcast(server, WARM_UP_BROADCASTS)
  side.program.signal('SIGUSR2')
  await broadcast(server, BROADCASTS)
  const allocations = side.program.answer<Allocations>('allocations')
  side.program.signal('SIGUSR2')
  const told = await allocations
  await side.stop()
  await server.stop()
  return told
}

async function broadcast(server: NodeServer, times: number): Promise<void> {
  for (let broadcast = 0; broadcast < times; broadcast += 1) {
    await server.broadcast()
    await wait(PAUSE_MS)
  }
}

function most(name: string, { bytesByFunction }: Allocations): string[] {
  const sorted = Object.entries(bytesByFunction).toSorted(([, one], [, other]) => other - one)
  return sorted
    .slice(0, SHOWN)
    .map(([where, bytes]) => `${name}: ${perMessage(bytes).toFixed(1)} bytes a message in ${where}`)
}

function perMessage(bytes: number): number {
  return bytes / (BROADCASTS * load.clients)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
