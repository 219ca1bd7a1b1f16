import type { BrokerKind } from '../../../reference-cluster/node/bridges/bridge.js'
import { strategies } from '../affinity/index.js'
import { balancers } from '../balancers/index.js'
import { balancerSettings } from '../balancers/settings.js'
import { CONFIG_DIRECTORY, EVERYWHERE } from '../container.js'
import { brokerPrograms } from '../local/brokers/index.js'
import { DRAIN_GRACE_MS, nodeId } from '../local/nodes.js'
import { nodeConfig } from '../node-config.js'
import {
  addresses,
  type ComposeFile,
  commonSettings,
  configVolumes,
  literal,
  NODE_PORT,
  network,
  nodeService,
  ownImage,
  type Place,
  partService,
  type Service,
  toYaml,
} from './compose-file.js'

const NODES = 3
const DRAIN_WINDOW_MS = 30_000
const BROKER_PATIENCE_MS = 10_000
const CONFIG_FOLDER = 'reference-cluster/compose'
/** On 127.0.0.1; each balancer and broker adds its index. */
const FIRST_BALANCER_PORT = 8080
const FIRST_BROKER_PORT = 16_379

const place: Place = { subnet: '172.30.250', configDirectory: `./${CONFIG_FOLDER}`, buildContext: '.' }
const slots = Array.from({ length: NODES }, (_, slot) => slot)
const nodesHealthy = Object.fromEntries(slots.map((slot) => [nodeId(slot), { condition: 'service_healthy' }]))
const contained = Object.entries(balancers).flatMap(([kind, { container }]) =>
  container === null ? [] : [{ kind, container }],
)
const brokers = Object.entries(brokerPrograms).map(([kind, { container }]) => ({ kind, container }))
/** The broker that nodes use unless the environment says otherwise; the others need a profile. */
const DEFAULT_BROKER: BrokerKind = 'redis'

const COMMENT = ` The reference cluster in containers: docker compose --profile nginx up (docs/compose.md).
 Written by scripts/write-compose.mjs from src/cluster/compose/plain-file.ts; a test checks that both agree.
 "wsbench run --driver compose" writes a file with the same services for each run and does not read this one.`

/** docker-compose.yml and the configuration files it mounts, by path in the repository. */
export function plainFiles(): Readonly<Record<string, string>> {
  const configs = [
    ...contained.map(({ container }) => ({ [container.configFile]: container.render(poolOf()) })),
    ...brokers.map(({ container }) => container.files),
  ]
  return {
    'docker-compose.yml': toYaml(plainFile(), COMMENT),
    ...Object.fromEntries(
      configs.flatMap(Object.entries).map(([name, text]) => [`${CONFIG_FOLDER}/${name}`, text]),
    ),
  }
}

function plainFile(): ComposeFile {
  const shared = { ...commonSettings, 'nodes-healthy': nodesHealthy }
  return { name: 'wsbench', shared, services: services(), network: network(place) }
}

function services(): Record<string, Service> {
  return {
    ...Object.fromEntries(contained.map(({ kind }, index) => [kind, balancerService(index)])),
    ...Object.fromEntries(slots.map((slot) => [nodeId(slot), node(slot)])),
    ...Object.fromEntries(brokers.map(({ kind }, index) => [kind, brokerService(index)])),
    wsbench: {
      profiles: ['wsbench'],
      ...ownImage(place),
      entrypoint: ['node', 'dist/src/cli.js'],
      command: ['run', `${CONFIG_DIRECTORY}/scenario.yaml`],
      volumes: configVolumes(place),
      ...commonSettings,
      depends_on: nodesHealthy,
    },
  }
}

/** Every balancer has the alias `balancer`. */
function balancerService(index: number): Service {
  const { kind, container } = contained[index]!
  const spec = container.spec(false)
  const service = partService(spec, place, {
    address: addresses.ofBalancer(index),
    ports: { [spec.ports[0]]: FIRST_BALANCER_PORT + index },
    aliases: ['balancer'],
  })
  return { profiles: [kind], ...service, depends_on: nodesHealthy }
}

function brokerService(index: number): Service {
  const {
    kind,
    container: { spec },
  } = brokers[index]!
  const service = partService(spec, place, {
    address: addresses.ofBroker(index),
    ports: { [spec.ports[0]]: FIRST_BROKER_PORT + index },
    aliases: [],
  })
  return { ...(kind === DEFAULT_BROKER ? {} : { profiles: [kind] }), ...service }
}

function node(slot: number): Service {
  const brokerUrl = `redis://${DEFAULT_BROKER}:6379`
  const settings = {
    bridge: 'redis-pubsub',
    brokerPatienceMs: BROKER_PATIENCE_MS,
    drain: { mode: 'close', windowMs: DRAIN_WINDOW_MS },
  } as const
  const config = nodeConfig(settings, { slot, host: EVERYWHERE, port: NODE_PORT, brokerUrl })
  const text = literal(JSON.stringify(config))
    .replace(`"${config.bridge}"`, `"\${WSBENCH_BRIDGE:-${config.bridge}}"`)
    .replace(`"${brokerUrl}"`, `"\${WSBENCH_BROKER_URL:-${brokerUrl}}"`)
  const brokersHealthy = brokers.map(({ kind }) => [
    kind,
    { condition: 'service_healthy', required: kind === DEFAULT_BROKER },
  ])
  return {
    ...nodeService(place, { slot, config: text, graceMs: DRAIN_WINDOW_MS + DRAIN_GRACE_MS }),
    depends_on: Object.fromEntries(brokersHealthy),
  }
}

function poolOf() {
  return {
    strategy: strategies['least-connections'],
    settings: balancerSettings.parse({}),
    processes: 2,
    maxNodes: NODES,
    nodes: slots.map((slot) => ({
      id: nodeId(slot),
      slot,
      host: `${place.subnet}.${addresses.ofNode(slot)}`,
      port: NODE_PORT,
    })),
    tls: null,
  }
}
