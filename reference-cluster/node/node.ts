import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { MAX_MESSAGE_BYTES, NODE_HEADER, WEBSOCKET_PATH } from '../../src/protocols/reference.js'
import { Burst } from '../burst.js'
import { listen } from '../listen.js'
import type { Bridge } from './bridges/bridge.js'
import { bridges } from './bridges/index.js'
import { Client } from './client.js'
import type { NodeConfig, NodeStats } from './contract.js'
import { zeroCounters } from './counters.js'
import { drainClients } from './drain.js'
import { Fanout } from './fanout.js'
import { createHttpServer, refuseUpgrade } from './http.js'
import { Publishes } from './publishes.js'
import { Rooms } from './rooms.js'
import { Subscriptions } from './subscriptions.js'

/** `ws` gives a client 30 s to answer a Close; a drain gives the whole window, so this must not be shorter. */
const SPARE_CLOSE_MS = 30_000

/**
 * One node of the reference cluster:
 *
 *     client ──publish──▶ Publishes ──▶ Bridge ──▶ broker ──▶ every node's Bridge ──▶ Fanout ──▶ clients of the room
 *            ◀───ack───── (once the broker has it)
 */
export class Node {
  readonly #config: NodeConfig
  readonly #bridge: Bridge
  readonly #clients = new Set<Client>()
  readonly #counters = zeroCounters()
  readonly #burst = new Burst()
  readonly #rooms: Rooms
  readonly #subscriptions: Subscriptions
  readonly #publishes: Publishes
  readonly #fanout: Fanout
  readonly #http: Server
  readonly #websockets: WebSocketServer
  #port = 0
  #draining: Promise<number> | null = null

  constructor(config: NodeConfig, bridge: Bridge) {
    this.#config = config
    this.#bridge = bridge
    this.#rooms = new Rooms((channel) => bridge.unfollow(channel))
    this.#subscriptions = new Subscriptions(this.#rooms, bridge)
    this.#publishes = new Publishes(bridge, config.index, this.#counters)
    this.#fanout = new Fanout(this.#rooms, config.index, this.#counters, this.#burst)
    this.#http = createHttpServer({ isReady: () => this.isReady, stats: () => this.stats() })
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#websockets = createWebSocketServer(config)
  }

  get port(): number {
    return this.#port
  }

  get isReady(): boolean {
    return this.#http.listening && this.#bridge.isReady && this.#draining === null
  }

  /** The bridge first: a node that takes clients before it is subscribed loses their messages. */
  async start(): Promise<void> {
    await this.#bridge.start({
      message: (message) => this.#fanout.deliver(message),
      ready: () => this.#subscriptions.ready(),
      lost: (reason) => console.error(`lost the broker: ${reason}`),
    })
    this.#port = await listen(this.#http, this.#config.host, this.#config.port)
  }

  mute(isMuted: boolean): void {
    this.#fanout.isMuted = isMuted
  }

  /** Refuses newcomers, sends the clients away, leaves the broker last. Resolves with how many were sent away. */
  drain(): Promise<number> {
    this.#draining ??= this.#drain()
    return this.#draining
  }

  stats(): NodeStats {
    const cpu = process.cpuUsage()
    return {
      id: this.#config.id,
      connections: this.#clients.size,
      subscriptions: this.#rooms.subscriptions,
      ...this.#counters,
      rssBytes: process.memoryUsage.rss(),
      cpuMicros: cpu.user + cpu.system,
      isDraining: this.#draining !== null,
    }
  }

  async #drain(): Promise<number> {
    const closed = await drainClients(this.#clients, this.#config.drain.windowMs)
    this.#http.close()
    this.#http.closeAllConnections()
    await this.#bridge.stop()
    return closed
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#draining) refuseUpgrade(socket)
    else
      this.#websockets.handleUpgrade(request, socket, head, (websocket) => this.#accept(websocket, request))
  }

  #accept(websocket: WebSocket, request: IncomingMessage): void {
    const client = new Client(
      websocket,
      request.socket,
      this.#config.maxBacklogBytes,
      this.#counters,
      this.#burst,
    )
    this.#counters.accepted += 1
    this.#clients.add(client)
    websocket.on('message', (data, isBinary) => {
      if (isBinary) void this.#publishes.take(client, data as Buffer)
      else void this.#subscriptions.request(client, data as Buffer)
    })
    // `ws` has sent the Close that fits; 'close' follows.
    websocket.on('error', () => {})
    websocket.on('close', () => {
      this.#clients.delete(client)
      this.#rooms.leaveAll(client)
    })
  }
}

/** Resolves once the node takes clients and would deliver to them. */
export async function startNode(config: NodeConfig): Promise<Node> {
  const { createBridge } = await bridges[config.bridge].load()
  const node = new Node(config, createBridge(config.brokerUrl ?? ''))
  await node.start()
  return node
}

function createWebSocketServer(config: NodeConfig): WebSocketServer {
  // A variable, because @types/ws 8.18 does not know closeTimeout.
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    path: WEBSOCKET_PATH,
    closeTimeout: config.drain.windowMs + SPARE_CLOSE_MS,
  }
  const server = new WebSocketServer(options)
  server.on('headers', (headers) => headers.push(`${NODE_HEADER}: ${config.id}`))
  return server
}
