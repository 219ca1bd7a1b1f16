/**
 * What somebody would write on the `ws` client who counts and times what a wsbench worker does in the ordinary case: each
 * stream's sequence per client, two latency histograms, acks, send delay. Answers to the worker's messages.
 */
import { WebSocket } from 'ws'
import { nowMicros } from '../../src/base/clock.js'
import type { FromWorker, ToWorker } from '../../src/generator/messages.js'
import type { ChannelGroupPlan } from '../../src/plan/plan.js'
import { at, HEADER_BYTES, kinds, writePublish } from '../../src/protocols/reference.js'
import { createHistogram, record } from '../../src/results/latency/histogram.js'

type Init = Extract<ToWorker, { type: 'init' }>

const PACE_MS = 5
const TICK_MS = 1
const clamped = { negative: 0, tooLong: 0 }

class WsWorker {
  private readonly planned = createHistogram()
  private readonly service = createHistogram()
  private readonly sendDelay = createHistogram()
  private readonly clients: number
  private readonly publishers: number
  private readonly group: ChannelGroupPlan
  private readonly next: Uint32Array
  private readonly sequences: Uint32Array
  private readonly sockets: WebSocket[] = []
  private opened = 0
  private delivered = 0
  private gaps = 0
  private acked = 0
  private timer: NodeJS.Timeout | undefined

  constructor(readonly init: Init) {
    const { plan } = init
    this.group = plan.channels[0]!
    this.clients = Math.floor(plan.clients.count / 2)
    this.publishers = this.clients > 0 ? 0 : this.group.count / 2
    this.next = new Uint32Array(this.clients).fill(1)
    this.sequences = new Uint32Array(this.publishers)
  }

  connect(): void {
    const total = this.clients + this.publishers
    const perPace = ((this.init.plan.clients.connectRateHz / 2) * PACE_MS) / 1000
    const startMicros = nowMicros()
    const pace = setInterval(() => {
      const due = Math.min(total, Math.ceil(((nowMicros() - startMicros) / 1000 / PACE_MS) * perPace))
      while (this.sockets.length < due) this.open(this.sockets.length)
      if (this.opened < total) return
      clearInterval(pace)
      send({ type: 'connected' })
    }, PACE_MS)
  }

  /** Every publisher's messages are evenly spaced, as is each from the next publisher's. */
  publish(): void {
    const rateHz = this.publishers * this.group.rateHz
    const startMicros = nowMicros()
    let sent = 0
    this.timer = setInterval(() => {
      const due = Math.floor(((nowMicros() - startMicros) / 1e6) * rateHz)
      for (; sent < due; sent += 1)
        this.publishOne(sent % this.publishers, startMicros + (sent / rateHz) * 1e6)
    }, TICK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
    const sent = this.sequences.reduce((sum, count) => sum + count, 0)
    const check = setInterval(() => {
      if (this.acked < sent) return
      clearInterval(check)
      const published = { sent, acked: this.acked, failed: 0, refused: 0, unacked: 0 }
      send({ type: 'published', ledgers: [], published, disturbed: {} })
    }, PACE_MS)
  }

  judge(): void {
    process.send?.({ type: 'judged', delivery: { total: { delivered: this.delivered - this.gaps } } })
  }

  private open(index: number): void {
    const { host, port, path } = this.init.endpoints[0]!
    const socket = new WebSocket(`ws://${host}:${port}${path}`, { perMessageDeflate: false })
    this.sockets.push(socket)
    if (this.clients === 0) {
      socket.on('open', () => {
        this.opened += 1
      })
      socket.on('message', (data) => this.takeAck(data as Buffer))
    } else {
      socket.on('open', () => socket.send(JSON.stringify({ op: 'subscribe', channels: [0] })))
      socket.on('message', (data, isBinary) => {
        if (isBinary) this.take(index, data as Buffer)
        else if (JSON.parse(String(data)).op === 'subscribed') this.opened += 1
      })
    }
  }

  private take(client: number, message: Buffer): void {
    const now = nowMicros()
    if (message.length < HEADER_BYTES || message[at.kind] !== kinds.message) return
    const sequence = message.readUInt32LE(at.sequence)
    if (sequence !== this.next[client]) this.gaps += 1
    this.next[client] = sequence + 1
    this.delivered += 1
    record(this.planned, now - message.readDoubleLE(at.planned), clamped)
    record(this.service, now - message.readDoubleLE(at.sent), clamped)
  }

  private takeAck(message: Buffer): void {
    if (message[at.kind] !== kinds.ack) return
    this.acked += 1
  }

  private publishOne(publisher: number, plannedMicros: number): void {
    const message = Buffer.alloc(this.group.sizeBytes)
    const sentMicros = nowMicros()
    const sequence = ++this.sequences[publisher]!
    const index = 2 * publisher + 1
    const header = {
      run: this.init.run,
      publisher: index,
      channel: index,
      sequence,
      plannedMicros,
      sentMicros,
    }
    writePublish(message, 0, header)
    this.sockets[publisher]!.send(message)
    record(this.sendDelay, sentMicros - plannedMicros, clamped)
  }
}

let worker: WsWorker | undefined

function send(message: FromWorker): void {
  process.send?.(message)
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'init') {
    worker = new WsWorker(message)
    send({ type: 'ready' })
  } else if (message.type === 'connect') worker?.connect()
  else if (message.type === 'start') worker?.publish()
  else if (message.type === 'stop') worker?.stop()
  else if (message.type === 'ledgers') send({ type: 'settled', unackedDelivered: [] })
  else if (message.type === 'judge') worker?.judge()
  else if (message.type === 'exit') process.exit(0)
})
