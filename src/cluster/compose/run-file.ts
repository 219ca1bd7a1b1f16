import type { ClusterPlan } from '../cluster-plan.js'
import { CONFIG_DIRECTORY, type ContainerSpec, EVERYWHERE } from '../container.js'
import { DRAIN_GRACE_MS, nodeId } from '../local/nodes.js'
import { nodeConfig } from '../node-config.js'
import {
  addresses,
  commonSettings,
  literal,
  NODE_PORT,
  network,
  nodeService,
  type Place,
  partService,
  toYaml,
} from './compose-file.js'

/** A part as one run has it: which ports of 127.0.0.1 its own are published on, by their number inside. */
export interface PublishedPart {
  readonly kind: string
  readonly spec: ContainerSpec
  readonly ports: Readonly<Record<number, number>>
}

export interface RunFileSettings {
  readonly project: string
  readonly plan: ClusterPlan
  readonly place: Place
  readonly balancer: PublishedPart
  readonly broker: PublishedPart | null
}

/** docker-compose.yml of one run: every node there will ever be, and nothing that starts by itself. */
export function runFile({ project, plan, place, balancer, broker }: RunFileSettings): string {
  const shown = {
    ...place,
    configDirectory: literal(place.configDirectory),
    buildContext: literal(place.buildContext),
  }
  const part = ({ spec, ports }: PublishedPart, address: number) =>
    partService(spec, shown, { address, ports, aliases: [] })
  const brokerUrl = broker && brokerUrlWithin(broker, place)
  const node = (slot: number) =>
    nodeService(shown, {
      slot,
      config: literal(
        JSON.stringify(nodeConfig(plan, { slot, host: EVERYWHERE, port: NODE_PORT, brokerUrl })),
      ),
      graceMs: plan.drain.windowMs + DRAIN_GRACE_MS,
    })
  const services = {
    [balancer.kind]: part(balancer, addresses.ofBalancer(0)),
    ...(broker === null ? {} : { [broker.kind]: part(broker, addresses.ofBroker(0)) }),
    ...Object.fromEntries(Array.from({ length: plan.maxNodes }, (_, slot) => [nodeId(slot), node(slot)])),
  }
  const file = { name: project, shared: commonSettings, services, network: network(place) }
  return toYaml(file, ` A run's own, with ${CONFIG_DIRECTORY} from ${shown.configDirectory}.`)
}

/** By its address, which is missed when the broker is gone, where a name would be looked up elsewhere. */
function brokerUrlWithin({ kind, spec }: PublishedPart, { subnet }: Place): string {
  return `${kind}://${subnet}.${addresses.ofBroker(0)}:${spec.ports[0]}`
}
