import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { nowMicros } from '../base/clock.js'
import { hash32 } from '../base/random.js'
import type { ChannelGroupPlan } from '../plan/plan.js'
import { at, NODE_HEADER, type SubscribeRequest } from '../protocols/reference.js'
import { CloseLog } from './close-log.js'
import { countExpected } from './expected-counts.js'
import type { ExpectedResult } from './expected-result.js'
import { Outages } from './outages.js'
import { ROOMS, type SelftestSize, selftestPlan } from './plan.js'
import { drawReceipts } from './receipt.js'
import { Room } from './room.js'
import { Script } from './script.js'
import { Stream } from './stream.js'
import { Subscriber } from './subscriber.js'

const HOST = '127.0.0.1'
const BACKLOG = 4096
/** Subscribers of room r are numbered from r times this. */
const MAX_MEMBERS = 1 << 16
/** The nodes that connections are said to reach. */
export const NODES = ['n1', 'n2'] as const

/** A client that the server knows by its cookie. */
interface KnownClient {
  subscriber: Subscriber | null
  connections: number
}

/**
 * A server of the reference protocol that injects faults, drawn from one seed, and logs what each subscriber was sent. It opens
 * and closes subscriptions in the middle of the interval between two messages, so that no message's class depends on the
 * speed of the machine.
 */
export class FaultyServer {
  readonly #plan
  readonly #rooms: Room[]
  readonly #closeLog = new CloseLog()
  readonly #outages: Outages
  /** By cookie. */
  readonly #clients = new Map<string, KnownClient>()
  readonly #http: Server = createServer((_request, response) => response.writeHead(404).end())
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
  })
  #opened = 0
  #measureMicros = Number.POSITIVE_INFINITY

  constructor(
    readonly size: SelftestSize,
    readonly seed: number,
  ) {
    this.#plan = selftestPlan(size, seed)
    const { messages, sharedPublishers } = size
    const { graceMs } = this.#plan.phases
    const slots = 1 + sharedPublishers
    this.#outages = new Outages({ seed, rooms: ROOMS, slots, messages }, this.#closeLog)
    this.#rooms = Array.from({ length: ROOMS }, (_, room) => {
      return new Room(room, this.#streamsOf(room), size.intervalMs * 1000, graceMs * 1000, this.#outages)
    })
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head))
    this.#webSockets.on('headers', (headers, request) => this.#addHeaders(headers, request))
  }

  /** Listens on a free port of the loopback address. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen({ host: HOST, port: 0, backlog: BACKLOG }, resolve)
    })
    return (this.#http.address() as AddressInfo).port
  }

  /** Traffic starts before `measureMicros` by the warm-up. */
  begin(measureMicros: number): void {
    this.#measureMicros = measureMicros
    const startMicros = measureMicros - this.#plan.phases.warmupMs * 1000
    const intervalMicros = this.size.intervalMs * 1000
    const offsetOf = new Map(this.#plan.channels.flatMap((group) => offsetsOf(group)))
    for (const stream of this.#rooms.flatMap(({ streams }) => streams)) {
      stream.begin(startMicros + offsetOf.get(stream.publisher)! * intervalMicros, intervalMicros)
    }
    for (const room of this.#rooms) {
      const sendsMicros = startMicros + ((room.index + 0.5) / this.#rooms.length) * intervalMicros
      this.#scheduleMiddle(room, 1, sendsMicros + intervalMicros / 2)
    }
  }

  expectedResult(): ExpectedResult {
    return countExpected({
      rooms: this.#rooms,
      nodes: NODES,
      groups: this.#plan.channels.map(({ name }) => name),
      phases: this.#plan.phases,
      measureMicros: this.#measureMicros,
      opened: this.#opened,
      closeCodes: this.#closeLog.byCode.toRecord(),
    })
  }

  close(): void {
    this.#http.closeAllConnections()
    this.#http.close()
  }

  #streamsOf(room: number): Stream[] {
    return this.#plan.channels.flatMap(({ name, firstChannel, firstPublisher, publishers }) =>
      Array.from({ length: publishers }, (_, order) => {
        const publisher = firstPublisher + room * publishers + order
        const receipts = drawReceipts(this.seed, publisher, this.size.messages)
        return new Stream(publisher, firstChannel + room, name, receipts)
      }),
    )
  }

  #scheduleMiddle(room: Room, sequence: number, middleMicros: number): void {
    setTimeout(
      () => {
        room.middle(sequence, middleMicros)
        if (sequence === this.size.messages) return
        this.#scheduleMiddle(room, sequence + 1, middleMicros + this.size.intervalMs * 1000)
      },
      (middleMicros - nowMicros()) / 1000,
    )
  }

  /** During traffic a client without a cookie is a publisher that was disconnected: publishers keep no cookies. */
  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const accept = (): void =>
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#onOpen(webSocket, request))
    if (request.headers.cookie === undefined) this.#outages.admit(accept)
    else accept()
  }

  #addHeaders(headers: string[], request: IncomingMessage): void {
    if (request.headers.cookie === undefined) {
      request.headers.cookie = `client=${this.#clients.size}`
      this.#clients.set(request.headers.cookie, { subscriber: null, connections: 0 })
      headers.push(`Set-Cookie: ${request.headers.cookie}; Path=/`)
    }
    headers.push(`${NODE_HEADER}: ${this.#nodeOf(this.#clients.get(request.headers.cookie)!)}`)
  }

  #onOpen(socket: WebSocket, request: IncomingMessage): void {
    const client = this.#clients.get(request.headers.cookie!)!
    const node = this.#nodeOf(client)
    client.connections += 1
    this.#opened += 1
    socket.on('error', () => {})
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#publish(socket, data)
      else this.#subscribe(socket, client, node, JSON.parse(data.toString()) as SubscribeRequest)
    })
  }

  #nodeOf({ subscriber, connections }: KnownClient): string {
    if (subscriber === null) return NODES[0]
    return NODES[subscriber.script.drawOf(0, -connections) < 0.5 ? 0 : 1]
  }

  #publish(socket: WebSocket, publish: Buffer): void {
    const channel = publish.readUInt32LE(at.channel)
    const publisher = publish.readUInt32LE(at.publisher)
    const room = this.#rooms[channel % this.#rooms.length]!
    room.publish(
      room.streams.findIndex((stream) => stream.publisher === publisher),
      socket,
      publish,
    )
  }

  #subscribe(socket: WebSocket, client: KnownClient, node: string, { channels }: SubscribeRequest): void {
    const room = this.#rooms[channels[0]!]!
    if (client.subscriber === null) {
      client.subscriber = this.#createSubscriber(room)
      room.members.push(client.subscriber)
    }
    client.subscriber.request(socket, node, client.connections > 1)
  }

  #createSubscriber(room: Room): Subscriber {
    const member = room.index * MAX_MEMBERS + room.members.length
    const script = new Script(hash32(this.seed, 1), member, this.size.messages)
    const [elsewhere] = this.#rooms[(room.index + 1) % this.#rooms.length]!.streams
    return new Subscriber(script, room.streams, elsewhere!, this.#closeLog)
  }
}

/** [publisher, share of the interval after which its messages are due]: the publishers of a group are spread evenly. */
function offsetsOf({ count, firstPublisher, publishers }: ChannelGroupPlan): [number, number][] {
  const all = count * publishers
  return Array.from({ length: all }, (_, order) => [firstPublisher + order, (order + 0.5) / all])
}
