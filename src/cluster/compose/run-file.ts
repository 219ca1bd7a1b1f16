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

/** A part of one run. `ports`: by port inside the container, the port of 127.0.0.1 that it is published on. */
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

/** docker-compose.yml of one run, with all nodes up to `maxNodes`. No service starts by itself. */
export function runFile({ project, plan, place, balancer, broker }: RunFileSettings): string {
  const escaped = {
    ...place,
    configDirectory: literal(place.configDirectory),
    buildContext: literal(place.buildContext),
  }
  const part = ({ spec, ports }: PublishedPart, address: number) =>
    partService(spec, escaped, { address, ports, aliases: [] })
  const brokerUrl = broker && brokerUrlWithin(broker, place)
  const node = (slot: number) =>
    nodeService(escaped, {
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
  return toYaml(file, ` Of one run, with ${CONFIG_DIRECTORY} from ${escaped.configDirectory}.`)
}

/** With the broker's address: connections to it fail while the broker is gone, where a name would not resolve. */
function brokerUrlWithin({ kind, spec }: PublishedPart, { subnet }: Place): string {
  return `${kind}://${subnet}.${addresses.ofBroker(0)}:${spec.ports[0]}`
}
