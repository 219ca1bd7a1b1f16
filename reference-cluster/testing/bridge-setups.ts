import { onTestFinished } from 'vitest'
import type { Bridge, BridgeListener } from '../node/bridges/bridge.js'
import { bridges } from '../node/bridges/index.js'
import type { BrokerPublisher } from '../node/bridges/publisher.js'
import type { BridgeKind } from '../node/contract.js'
import type { Node } from '../node/node.js'
import { type RealBroker, realBroker, startEmbedded, type TestBroker } from './brokers.js'
import { eventually } from './eventually.js'
import { TestClient } from './test-client.js'
import { startTestNode } from './test-node.js'

/** A bridge and a broker to test it with. */
export interface BridgeSetup<Broker extends TestBroker> {
  readonly name: string
  readonly bridge: BridgeKind
  readonly hasHistory: boolean
  readonly startBroker: () => Promise<Broker>
}

const kinds = Object.keys(bridges) as BridgeKind[]

/** Every bridge with the real server it needs, if that is installed. */
export function realSetups(): BridgeSetup<RealBroker>[] {
  return kinds.flatMap((bridge) => {
    const { broker, hasHistory } = bridges[bridge]
    const startBroker = broker === null ? null : realBroker(broker)
    return startBroker ? [{ name: `${bridge} over ${broker}-server`, bridge, hasHistory, startBroker }] : []
  })
}

/** The same, and those with the embedded broker. */
export function allSetups(): BridgeSetup<TestBroker>[] {
  const embeddable = kinds.filter((bridge) => bridges[bridge].isEmbeddable)
  const embedded = embeddable.map((bridge) => {
    const { hasHistory } = bridges[bridge]
    return { name: `${bridge} over the embedded broker`, bridge, hasHistory, startBroker: startEmbedded }
  })
  return [...embedded, ...realSetups()]
}

export interface TestCluster<Broker> {
  readonly broker: Broker
  readonly nodes: readonly [Node, Node]
  /** One client of each node. */
  readonly clients: readonly [TestClient, TestClient]
}

/** A broker, two nodes and a client of each. */
export async function startTestCluster<Broker extends TestBroker>(
  setup: BridgeSetup<Broker>,
): Promise<TestCluster<Broker>> {
  const broker = await setup.startBroker()
  const start = (index: number): Promise<Node> =>
    startTestNode({ id: `n${index + 1}`, index, bridge: setup.bridge, brokerUrl: broker.url })
  const nodes = [await start(0), await start(1)] as const
  const connect = (node: Node) => TestClient.connect(node.port)
  return { broker, nodes, clients: [await connect(nodes[0]), await connect(nodes[1])] }
}

/** Subscribes; resolves once the node has confirmed. */
export async function subscribed(client: TestClient, ...channels: number[]): Promise<void> {
  const before = client.controls.length
  client.subscribe(...channels)
  await eventually(() => {
    if (client.controls.length === before) throw new Error('not yet confirmed')
  })
}

/** Starts a bridge without a node. */
export async function startTestBridge(
  kind: BridgeKind,
  brokerUrl: string,
  listener: Partial<BridgeListener> = {},
  patienceMs = 10_000,
): Promise<Bridge> {
  const { createBridge } = await bridges[kind].load()
  const bridge = createBridge(brokerUrl, patienceMs)
  onTestFinished(() => bridge.stop())
  await bridge.start({ message: () => {}, ready: () => {}, lost: () => {}, ...listener })
  return bridge
}

/** The publisher of a backend, connected. */
export async function openTestPublisher(kind: BridgeKind, brokerUrl: string): Promise<BrokerPublisher> {
  const { createPublisher } = await bridges[kind].load()
  if (!createPublisher) throw new Error(`${kind} has no broker`)
  const publisher = createPublisher(brokerUrl, 10_000)
  onTestFinished(() => publisher.close())
  await new Promise<void>((resolve) => publisher.open(() => publisher.isOpen && resolve()))
  return publisher
}
