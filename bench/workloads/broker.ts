import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { entryPoint } from '../../src/base/entry-point.js'
import { findBinary } from '../../src/cluster/binaries.js'
import { compare, type Figure } from '../figure.js'
import { freePort } from '../free-port.js'
import { cores, Program } from '../program.js'
import type { BenchOptions, Workload } from '../workload.js'

const HOST = '127.0.0.1'
const TOPIC = 'wsbench:fanout'
const SUBSCRIBERS = 8
const TURN_PUBLISHES = 4000
/** Sent at once, then their replies are awaited: as a node does under load. */
const BATCH = 10

interface Broker {
  readonly name: string
  readonly program: Program
  readonly publisher: Socket
  readonly subscribers: readonly Socket[]
  readonly micros: number[]
}

/** As nodes use it: publishes of 128 bytes, each to eight subscribers. */
export const broker: Workload = {
  title: `embedded broker: publishes of 128 bytes to ${SUBSCRIBERS} subscribers`,

  async run({ rounds }: BenchOptions): Promise<Figure[]> {
    const redis = findBinary('redis-server')
    if (redis === null) console.error('no redis-server on PATH: there is nothing to compare the broker with')
    if (redis === null) return []
    const brokers = [await startEmbedded(), await startRedis(redis)]
    for (let round = -1; round < rounds; round += 1) {
      for (const broker of brokers) await takeTurn(broker, round < 0)
    }
    for (const { program, publisher, subscribers } of brokers) {
      for (const socket of [publisher, ...subscribers]) socket.destroy()
      await program.stop()
    }
    const micros = Object.fromEntries(brokers.map((broker) => [broker.name, broker.micros]))
    const shared = { name: 'broker.cpu', unit: 'µs a delivery' }
    return [compare(micros, { ...shared, ours: 'embedded', against: 'redis' })]
  },
}

async function takeTurn({ program, publisher, micros }: Broker, isWarmUp: boolean): Promise<void> {
  const batch = Buffer.concat(Array.from({ length: BATCH }, () => PUBLISH))
  const before = program.cpuMicros()
  for (let sent = 0; sent < TURN_PUBLISHES; sent += BATCH) {
    publisher.write(batch)
    await replies(publisher, BATCH)
  }
  const used = program.cpuMicros() - before
  if (!isWarmUp) micros.push(used / (TURN_PUBLISHES * SUBSCRIBERS))
}

/** Resolves once so many integers have been answered. */
async function replies(publisher: Socket, count: number): Promise<void> {
  for (let answered = 0; answered < count; ) {
    const [bytes] = (await once(publisher, 'data')) as [Buffer]
    answered += String(bytes).split(':').length - 1
  }
}

async function startEmbedded(): Promise<Broker> {
  const env = { WSBENCH_BROKER: JSON.stringify({ host: HOST, port: 0 }) }
  const program = Program.module(entryPoint('broker'), { core: cores.measured, env })
  const { port } = await program.answer<{ type: 'ready'; port: number }>('ready')
  return joined('embedded', program, port)
}

async function startRedis(binary: string): Promise<Broker> {
  const port = await freePort(HOST)
  const parameters = ['--port', `${port}`, '--bind', HOST, '--save', '', '--appendonly', 'no']
  const program = Program.binary(binary, parameters, { core: cores.measured })
  await program.says('Ready to accept')
  return joined('redis', program, port)
}

async function joined(name: string, program: Program, port: number): Promise<Broker> {
  const sockets = Array.from({ length: SUBSCRIBERS + 1 }, () => connect({ host: HOST, port, noDelay: true }))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const [publisher, ...subscribers] = sockets
  for (const subscriber of subscribers) {
    subscriber.write(command('SUBSCRIBE', TOPIC))
    await once(subscriber, 'data')
    subscriber.resume()
  }
  return { name, program, publisher: publisher!, subscribers, micros: [] }
}

/** As RESP has it. */
function command(...words: readonly string[]): Buffer {
  return Buffer.from(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`)
}

const PUBLISH = command('PUBLISH', TOPIC, 'x'.repeat(128))
