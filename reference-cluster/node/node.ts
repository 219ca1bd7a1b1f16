import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { stderr } from '../../src/base/terminal-output.js'
import { MAX_MESSAGE_BYTES, NODE_HEADER, WEBSOCKET_PATH } from '../../src/protocols/reference.js'
import { Burst } from '../burst.js'
import { listen } from '../listen.js'
import type { Bridge } from './bridges/bridge.js'
import { bridges } from './bridges/index.js'
import { Client } from './client.js'
import type { NodeConfig } from './contract.js'
import type { NodeStats } from './counters.js'
import { zeroCounters } from './counters.js'
import { drainModes } from './drains/index.js'
import { quiet } from './drains/leave.js'
import { Fanout } from './fanout.js'
import { Feed } from './feed.js'
import { createHttpServer, refuseUpgrade } from './http.js'
import { Membership } from './membership.js'
import { Publishes } from './publish-handler.js'
import { SharedHistory } from './shared-history.js'
import { Subscriptions } from './subscriptions.js'

/** `ws` gives clients 30 s to answer a Close. A drain gives them the whole window, and `ws` must not end it earlier. */
const SPARE_CLOSE_MS = 30_000

/**
 * One node of the reference cluster:
 *
 *     client ──publish──▶ Publishes ──▶ Bridge ──▶ broker ──▶ every node's Bridge ──▶ Feed ──▶ Fanout ──▶ members of the channel
 *            ◀───ack───── (once the broker has it)
 */
export class Node {
  readonly #config: NodeConfig
  readonly #bridge: Bridge
  readonly #clients = new Set<Client>()
  readonly #counters = zeroCounters()
  readonly #burst = new Burst()
  readonly #membership: Membership
  readonly #subscriptions: Subscriptions
  readonly #publishes: Publishes
  readonly #fanout: Fanout
  readonly #feed: Feed
  readonly #http: Server
  readonly #websockets: WebSocketServer
  #port = 0
  #draining: Promise<number> | null = null
  #refusesNewcomers = false

  constructor(config: NodeConfig, bridge: Bridge) {
    this.#config = config
    this.#bridge = bridge
    this.#membership = new Membership((channel) => this.#unfollow(channel))
    this.#publishes = new Publishes(bridge, config.index, this.#counters)
    this.#fanout = new Fanout(this.#membership, config.index, this.#counters, this.#burst)
    const history = bridge.history && new SharedHistory(bridge.history)
    this.#feed = new Feed({
      history,
      deliver: (message, status) => this.#fanout.deliver(message, status),
      newStore: () => this.#forgetOffsets(),
    })
    this.#subscriptions = new Subscriptions({
      membership: this.#membership,
      feed: this.#feed,
      bridge,
      history,
      fanout: this.#fanout,
      mostReplayedBytes: config.maxBacklogBytes / 2,
    })
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

  /** The bridge starts first: a node that accepts clients before it is subscribed would lose messages to them. */
  async start(): Promise<void> {
    await this.#bridge.start({
      message: (message) => this.#feed.take(message),
      ready: () => void this.#backOnline(),
      lost: (reason) => {
        stderr.print(`lost the broker: ${reason}`)
        this.#feed.lost()
      },
    })
    this.#port = await listen(this.#http, this.#config.host, this.#config.port)
  }

  /** For tests: leaves out this share of its deliveries, and counts them as `withheld`. */
  withhold(share: number): void {
    this.#fanout.withheldShare = share
  }

  /** Refuses new clients, sends the others away by its drain mode, and leaves the broker last. Resolves with the number of clients. */
  drain(): Promise<number> {
    this.#draining ??= this.#drain()
    return this.#draining
  }

  stats(): NodeStats {
    const cpu = process.cpuUsage()
    return {
      id: this.#config.id,
      connections: this.#clients.size,
      subscriptions: this.#membership.subscriptions,
      ...this.#counters,
      rssBytes: process.memoryUsage.rss(),
      cpuMicros: cpu.user + cpu.system,
      isDraining: this.#draining !== null,
    }
  }

  async #drain(): Promise<number> {
    const { mode, windowMs } = this.#config.drain
    const { awaitsQuiet, drain } = drainModes[mode]
    if (awaitsQuiet) await quiet(() => this.#counters.accepted)
    this.#refusesNewcomers = true
    const leaving = [...this.#clients]
    await drain(leaving, windowMs)
    this.#http.close()
    this.#http.closeAllConnections()
    await this.#bridge.stop()
    return leaving.length
  }

  async #backOnline(): Promise<void> {
    await this.#feed.ready()
    this.#subscriptions.ready()
  }

  #unfollow(channel: number): void {
    this.#bridge.unfollow(channel)
    this.#feed.unfollow(channel)
  }

  #forgetOffsets(): void {
    for (const client of this.#clients) client.forgetKnown()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#refusesNewcomers) refuseUpgrade(socket, this.#config.id)
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
    websocket.on('ping', (payload) => client.pong(payload))
    // `ws` has sent a Close with a fitting code; 'close' follows.
    websocket.on('error', () => {})
    websocket.on('close', () => {
      this.#clients.delete(client)
      this.#membership.leaveAll(client)
    })
  }
}

/** Resolves once the node accepts clients and can deliver to them. */
export async function startNode(config: NodeConfig): Promise<Node> {
  const { createBridge } = await bridges[config.bridge].load()
  const node = new Node(config, createBridge(config.brokerUrl ?? '', config.brokerPatienceMs))
  await node.start()
  return node
}

function createWebSocketServer(config: NodeConfig): WebSocketServer {
  // A variable, because @types/ws 8.18 has no closeTimeout.
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Pongs are sent by Client, within the backlog limit.
    autoPong: false,
    maxPayload: MAX_MESSAGE_BYTES,
    path: WEBSOCKET_PATH,
    closeTimeout: config.drain.windowMs + SPARE_CLOSE_MS,
  }
  const server = new WebSocketServer(options)
  server.on('headers', (headers) => headers.push(`${NODE_HEADER}: ${config.id}`))
  return server
}
