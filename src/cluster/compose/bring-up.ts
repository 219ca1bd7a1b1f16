import { randomInt } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { packageRoot } from '../../package-info.js'
import { WEBSOCKET_PATH } from '../../protocols/reference.js'
import type { ClusterPlan } from '../../scenarios/plan.js'
import { strategies } from '../affinity/index.js'
import type { BalancerContainer, ContainedBalancer, Upstream } from '../balancers/balancer.js'
import { balancers } from '../balancers/index.js'
import type { Endpoint } from '../cluster.js'
import { CONFIG_DIRECTORY, type ContainerSpec } from '../container.js'
import type { BrokerProgram } from '../local/brokers/broker-program.js'
import { brokerPrograms } from '../local/brokers/index.js'
import { freePort } from '../local/loopback.js'
import { Nodes, nodeId } from '../local/nodes.js'
import { type TlsFiles, writeTlsFiles } from '../tls/tls-files.js'
import { addresses, NODE_PORT } from './compose-file.js'
import { Container } from './container.js'
import type { Docker } from './docker.js'
import { type PublishedPart, runFile } from './run-file.js'
import { writeShown } from './shown-file.js'

/** Where ports are published, and nowhere else. */
const HOST = '127.0.0.1'

export interface ContainedBroker {
  readonly container: Container
  readonly program: BrokerProgram
  readonly kind: string
  /** Where this machine reaches it. */
  readonly host: string
  readonly port: number
}

export interface ContainedParts {
  readonly broker: ContainedBroker | null
  readonly nodes: Nodes<Container>
  readonly balancer: ContainedBalancer
  readonly balancerContainer: Container
  readonly version: string
}

/** Writes the run's files, builds and pulls what is missing, and starts broker, nodes and balancer, in that order. */
export async function bringUp(docker: Docker, plan: ClusterPlan): Promise<ContainedParts> {
  const subnet = drawSubnet()
  const place = {
    subnet,
    configDirectory: join(docker.launcher.directory, 'config'),
    buildContext: packageRoot,
  }
  await mkdir(place.configDirectory)
  await chmod(place.configDirectory, 0o755)
  const contained = containerOf(plan)
  const tls = plan.balancer.tls ? await showTls(place.configDirectory) : null
  const balancerPart = await publish(plan.balancer.kind, contained.spec(tls !== null))
  const brokerPart = plan.broker && (await publishBroker(plan.broker.kind, place.configDirectory))
  const file = runFile({ project: docker.project, plan, place, balancer: balancerPart, broker: brokerPart })
  await writeFile(docker.file, file)

  // All nodes are of one image, which building the first tags.
  await docker.compose('build', nodeId(0))
  await docker.compose('create')
  const broker = brokerPart && (await startBroker(docker, brokerPart))
  const nodes = new Nodes<Container>({
    launcher: docker.launcher,
    maxNodes: plan.maxNodes,
    drainWindowMs: plan.drain.windowMs,
    start: (slot) => startNode(docker, subnet, slot),
  })
  const started = await nodes.start(plan.nodes)
  const balancerContainer = new Container(docker, {
    part: 'balancer',
    service: plan.balancer.kind,
    configFile: join(place.configDirectory, contained.configFile),
  })
  const balancer = await contained.start({
    strategy: strategies[plan.balancer.strategy],
    drainState: plan.balancer.drainState,
    processes: plan.balancer.processes,
    maxNodes: plan.maxNodes,
    nodes: started.map(({ upstream }) => upstream),
    tls: tls?.inside ?? null,
    control: balancerContainer,
    endpoint: endpointOf(balancerPart, tls?.ca ?? null),
    published: (port) => balancerPart.ports[port]!,
  })
  const version = await balancerContainer.version(balancerPart.spec.command[0]!)
  return { broker, nodes, balancer, balancerContainer, version }
}

/**
 * First three octets of the run's network: of a private range that docker's own pools are not in. Docker refuses one that
 * overlaps with another network of its own.
 */
function drawSubnet(): string {
  return `10.${randomInt(200, 250)}.${randomInt(256)}`
}

function containerOf({ balancer: { kind } }: ClusterPlan): BalancerContainer {
  const { container } = balancers[kind]
  if (container === null) throw new Error(`${kind} has no image, and should not have been planned for`)
  return container
}

async function publish(kind: string, spec: ContainerSpec): Promise<PublishedPart> {
  const ports: Record<number, number> = {}
  for (const port of spec.ports) ports[port] = await freePort(HOST)
  return { kind, spec, ports }
}

async function publishBroker(
  kind: keyof typeof brokerPrograms,
  configDirectory: string,
): Promise<PublishedPart & { readonly kind: keyof typeof brokerPrograms }> {
  const { spec, files } = brokerPrograms[kind].container
  for (const [name, text] of Object.entries(files)) await writeShown(join(configDirectory, name), text)
  return { ...(await publish(kind, spec)), kind }
}

async function startBroker(
  docker: Docker,
  { kind, spec, ports }: PublishedPart & { readonly kind: keyof typeof brokerPrograms },
): Promise<ContainedBroker> {
  const container = new Container(docker, { part: 'broker', service: kind, configFile: null })
  await container.start()
  return { container, program: brokerPrograms[kind], kind, host: HOST, port: ports[spec.ports[0]]! }
}

async function startNode(
  docker: Docker,
  subnet: string,
  slot: number,
): Promise<{ readonly upstream: Upstream; readonly launched: Container }> {
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

/** A certificate for where clients connect, and its files as the container sees them. */
async function showTls(configDirectory: string): Promise<{ readonly ca: string; readonly inside: TlsFiles }> {
  const files = await writeTlsFiles(configDirectory, HOST)
  const show = async (file: string) => {
    await writeShown(file, await readFile(file, 'utf8'))
    return `${CONFIG_DIRECTORY}/${basename(file)}`
  }
  const inside = {
    ca: files.ca,
    certificateFile: await show(files.certificateFile),
    keyFile: await show(files.keyFile),
    bundleFile: await show(files.bundleFile),
  }
  return { ca: files.ca, inside }
}
