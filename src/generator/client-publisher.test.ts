import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { at } from '../protocols/reference.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { ClientPublisher } from './client-publisher.js'
import { ConnectionCounters } from './connection-counters.js'
import { Ledger } from './ledger.js'

const SIZE_BYTES = 1024 * 1024
/** More than the kernel buffers for a peer that does not read. */
const MESSAGES = 32

function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 5 })
}

test('in a handover it does not overwrite frames that the kernel has not taken from the old connection', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const peers: { socket: WebSocket; sequences: number[] }[] = []
  server.on('connection', (socket) => {
    const sequences: number[] = []
    socket.on('message', (data: Buffer) => sequences.push(data.readUInt32LE(at.sequence)))
    peers.push({ socket, sequences })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const sample = samplePlan()
  const plan = { ...sample, phases: { ...sample.phases, graceMs: 60_000 } }
  const endpoints = [
    { host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/', tls: null },
  ]
  const context = { plan, run: 7, worker: 0, endpoints, brokerUrl: null, access: null, random: () => 0 }
  const ledger = new Ledger(0, MESSAGES)
  const publisher = new ClientPublisher(context, 0, SIZE_BYTES, ledger, new ConnectionCounters())
  onTestFinished(() => {
    publisher.destroy()
    server.close()
    for (const { socket } of peers) socket.terminate()
  })
  const publish = (): void => {
    const sequence = ledger.nextSequence
    ledger.written(sequence, sequence)
    publisher.send({ run: 7, publisher: 0, channel: 0, sequence, plannedMicros: 0, sentMicros: 0 })
  }

  publisher.connect()
  await eventually(() => expect(publisher.isOpen).toBe(true))
  const [old] = peers
  old!.socket.pause()
  for (let message = 0; message < MESSAGES; message += 1) publish()
  old!.socket.send(JSON.stringify({ op: 'reconnect' }))
  // Publish until the first message goes out on the new connection.
  await eventually(() => expect(peers).toHaveLength(2))
  await eventually(() => {
    if (peers[1]!.sequences.length === 0) publish()
    expect(peers[1]!.sequences.length).toBeGreaterThan(0)
  })
  old!.socket.resume()
  const first = peers[1]!.sequences[0]!
  await eventually(() => expect(old!.sequences).toHaveLength(first - 1))
  expect(old!.sequences).toEqual(Array.from({ length: first - 1 }, (_, index) => index + 1))
})
