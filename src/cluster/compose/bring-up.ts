import { randomInt } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BrokerKind } from '../../../reference-cluster/node/bridges/bridge.js'
import { packageRoot } from '../../base/package-info.js'
import { WEBSOCKET_PATH } from '../../protocols/reference.js'
import { strategies } from '../affinity/index.js'
import type { BalancerContainer, RunningBalancer, Upstream } from '../balancers/balancer.js'
import { balancers } from '../balancers/index.js'
import type { ClusterInfo, Endpoint } from '../cluster.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { CONFIG_DIRECTORY, type ContainerSpec } from '../container.js'
import type { RunningBroker } from '../local/broker.js'
import { brokerPrograms } from '../local/brokers/index.js'
import { freePort } from '../local/loopback.js'
import { Nodes, nodeId, type StartedNode } from '../local/nodes.js'
import type { ReferenceClusterParts } from '../reference-cluster.js'
import { type TlsFiles, writeTlsFiles } from '../tls/tls-files.js'
import { addresses, NODE_PORT, type Place } from './compose-file.js'
import { Container } from './container.js'
import type { Docker } from './docker.js'
import { writeMounted } from './mounted-file.js'
import { type PublishedPart, runFile } from './run-file.js'

/** Ports are published on this address only. */
const HOST = '127.0.0.1'

export interface ContainedParts
  extends Omit<ReferenceClusterParts<Container>, 'brokerPath' | 'unexpectedExits'> {
  readonly balancerContainer: Container
}

/** Writes the run's files, builds and pulls missing images, and starts broker, nodes and balancer, in that order. */
export async function bringUp(
  docker: Docker,
  plan: ClusterPlan,
  signal: AbortSignal,
): Promise<ContainedParts> {
  const prepared = await prepare(docker, plan)
  const { place, balancerPart, brokerPart } = prepared
  // All nodes use one image; building the first node's service tags it.
  await docker.composeUntil(signal, 'build', nodeId(0))
  await docker.composeUntil(signal, 'create')
  const broker = plan.broker && brokerPart && (await startBroker(docker, plan.broker.kind, brokerPart))
  const nodes = new Nodes<Container>({
    launcher: docker.launcher,
    maxNodes: plan.maxNodes,
    drainWindowMs: plan.drain.windowMs,
    start: (slot) => startNode(docker, place.subnet, slot),
  })
  const started = await nodes.start(plan.nodes)
  const balancerContainer = new Container(docker, {
    part: 'balancer',
    service: plan.balancer.kind,
    configFile: join(place.configDirectory, containerOf(plan).configFile),
  })
  const pool = started.map(({ upstream }) => upstream)
  const balancer = await startBalancer(balancerContainer, plan, prepared, pool)
  const { kind, strategy } = plan.balancer
  const version = await balancerContainer.version(balancerPart.spec.command[0]!)
  const info: ClusterInfo = {
    driver: 'compose',
    balancer: { kind, strategy, isEmbedded: false, version },
    broker: broker?.info ?? null,
    bridge: plan.bridge,
  }
  const reloadCutsAfterMs = balancers[kind].cutsAfterMs(plan.balancer.settings)
  return { info, broker, nodes, balancer, balancerContainer, reloadCutsAfterMs }
}

interface Prepared {
  readonly place: Place
  readonly tls: MountedTls | null
  readonly balancerPart: PublishedPart
  readonly brokerPart: PublishedPart | null
}

/** Chooses ports and network, and writes the Compose file and the mounted files. */
async function prepare(docker: Docker, plan: ClusterPlan): Promise<Prepared> {
  const configDirectory = join(docker.launcher.directory, 'config')
  const place = { subnet: drawSubnet(), configDirectory, buildContext: packageRoot }
  await mkdir(configDirectory)
  await chmod(configDirectory, 0o755)
  const tls = plan.balancer.tls ? await writeTls(configDirectory) : null
  const balancerPart = await publish(plan.balancer.kind, containerOf(plan).spec(tls !== null))
  const brokerPart = plan.broker && (await publishBroker(plan.broker.kind, configDirectory))
  const file = runFile({ project: docker.project, plan, place, balancer: balancerPart, broker: brokerPart })
  await writeFile(docker.file, file)
  return { place, tls, balancerPart, brokerPart }
}

function startBalancer(
  control: Container,
  plan: ClusterPlan,
  { tls, balancerPart }: Prepared,
  nodes: readonly Upstream[],
): Promise<RunningBalancer> {
  const { strategy, drainState, settings, processes } = plan.balancer
  return containerOf(plan).start({
    strategy: strategies[strategy],
    drainState,
    settings,
    processes,
    maxNodes: plan.maxNodes,
    nodes,
    tls: tls?.inside ?? null,
    control,
    endpoint: endpointOf(balancerPart, tls?.ca ?? null),
    published: (port) => balancerPart.ports[port]!,
  })
}

/**
 * First three octets of the run's network, in a private range outside of docker's own pools. Docker refuses a network that
 * overlaps with another of its networks.
 */
function drawSubnet(): string {
  return `10.${randomInt(200, 250)}.${randomInt(256)}`
}

function containerOf({ balancer: { kind } }: ClusterPlan): BalancerContainer {
  const { container } = balancers[kind]
  if (container === null) throw new Error(`${kind} has no image; the planner should have refused it`)
  return container
}

async function publish(kind: string, spec: ContainerSpec): Promise<PublishedPart> {
  const ports: Record<number, number> = {}
  for (const port of spec.ports) ports[port] = await freePort(HOST)
  return { kind, spec, ports }
}

async function publishBroker(kind: BrokerKind, configDirectory: string): Promise<PublishedPart> {
  const { spec, files } = brokerPrograms[kind].container
  for (const [name, text] of Object.entries(files)) await writeMounted(join(configDirectory, name), text)
  return publish(kind, spec)
}

async function startBroker(
  docker: Docker,
  kind: BrokerKind,
  { spec, ports }: PublishedPart,
): Promise<RunningBroker<Container>> {
  const container = new Container(docker, { part: 'broker', service: kind, configFile: null })
  const program = brokerPrograms[kind]
  const port = ports[spec.ports[0]]!
  await container.start()
  const version = await container.version(program.program)
  const broker: RunningBroker<Container> = {
    url: `${kind}://${HOST}:${port}`,
    launched: container,
    info: { kind, isEmbedded: false, version },
    async disconnectClients() {
      const closed = await program.disconnectClients?.(HOST, port)
      if (typeof closed !== 'number') throw container.error('did not close its connections')
      return closed
    },
    async restart() {
      await container.start()
      const isReady = () => program.isReady(HOST, port)
      await container.untilReady({ at: `${HOST}:${port}`, isReady })
      return broker
    },
  }
  return broker
}

async function startNode(docker: Docker, subnet: string, slot: number): Promise<StartedNode<Container>> {
  const id = nodeId(slot)
  const launched = new Container(docker, { part: id, service: id, configFile: null })
  await launched.start()
  return {
    upstream: { id, slot, host: `${subnet}.${addresses.ofNode(slot)}`, port: NODE_PORT },
    launched,
  }
}

function endpointOf({ spec, ports }: PublishedPart, ca: string | null): Endpoint {
  return { host: HOST, port: ports[spec.ports[0]]!, path: WEBSOCKET_PATH, tls: ca === null ? null : { ca } }
}

interface MountedTls {
  /** The CA that clients trust. */
  readonly ca: string
  readonly inside: TlsFiles
}

/** Makes a certificate for the address that clients connect to; `inside` has the paths in the container. */
async function writeTls(configDirectory: string): Promise<MountedTls> {
  const files = await writeTlsFiles(configDirectory, HOST)
  const mount = async (file: string) => {
    await writeMounted(file, await readFile(file, 'utf8'))
    return `${CONFIG_DIRECTORY}/${basename(file)}`
  }
  const inside = {
    ca: files.ca,
    certificateFile: await mount(files.certificateFile),
    keyFile: await mount(files.keyFile),
    bundleFile: await mount(files.bundleFile),
  }
  return { ca: files.ca, inside }
}
