// A server of the reference protocol (src/protocols/reference.ts) that is late by a known amount: each message is
// written to its subscribers `delayMicros` after its `sent` stamp. It keeps the truth: when it wrote each copy.
// Its own process, so that neither its spinning nor its stall is the generator's.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const PUBLISH = 1
const MESSAGE = 2
const ACK = 3
const HEADER_BYTES = 64
const ACK_BYTES = 24
const at = { channel: 12, planned: 24, sent: 32 }
/** A timer may come this much late; from here on the time is spun away. */
const SPIN_MICROS = 3_000

const members = new Map()
/** Messages that wait for their time, in order. */
const waiting = []
/** Flat: planned, sent, written of each copy, µs of CLOCK_MONOTONIC. */
const copies = []
let delayMicros = 0

function nowMicros() {
  return Number(process.hrtime.bigint()) / 1000
}

function subscribe(socket, text) {
  const { channels } = JSON.parse(text)
  for (const channel of channels) {
    if (!members.has(channel)) members.set(channel, new Set())
    members.get(channel).add(socket)
  }
  socket.send(JSON.stringify({ op: 'subscribed', channels }))
}

function publish(socket, payload) {
  if (payload.length < HEADER_BYTES || payload[0] !== PUBLISH) return
  const ack = Buffer.from(payload.subarray(0, ACK_BYTES))
  ack[0] = ACK
  socket.send(ack)
  const message = Buffer.from(payload)
  message[0] = MESSAGE
  waiting.push({ message, dueMicros: message.readDoubleLE(at.sent) + delayMicros })
  if (waiting.length === 1) deliver()
}

/** Writes what is due; sleeps while the next is far off, spins when it is near. */
function deliver() {
  while (waiting.length > 0 && waiting[0].dueMicros <= nowMicros()) write(waiting.shift().message)
  if (waiting.length === 0) return
  const leftMicros = waiting[0].dueMicros - nowMicros()
  if (leftMicros > SPIN_MICROS) setTimeout(deliver, (leftMicros - SPIN_MICROS) / 1000)
  else setImmediate(deliver)
}

function write(message) {
  const planned = message.readDoubleLE(at.planned)
  const sent = message.readDoubleLE(at.sent)
  for (const socket of members.get(message.readUInt32LE(at.channel)) ?? []) {
    copies.push(planned, sent, nowMicros())
    socket.send(message)
  }
}

/** Nothing is read and nothing written for `ms`, and no core is used up either. */
function stall(ms) {
  const fromMicros = nowMicros()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  process.send({ stalled: { fromMicros, untilMicros: nowMicros() } })
}

const http = createServer()
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
sockets.on('connection', (socket) => {
  socket.on('message', (data, isBinary) =>
    isBinary ? publish(socket, data) : subscribe(socket, data.toString()),
  )
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const sockets of members.values()) sockets.delete(socket)
  })
})

process.on('message', (order) => {
  if (order.delayMicros !== undefined) delayMicros = order.delayMicros
  if (order.stallMs !== undefined) stall(order.stallMs)
  if (order.report) process.send({ copies: Float64Array.from(copies) })
})
process.on('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }))
