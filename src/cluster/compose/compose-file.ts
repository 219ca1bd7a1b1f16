import { Document, isMap, isScalar, visit } from 'yaml'
import { packageVersion } from '../../base/package-info.js'
import { CONFIG_DIRECTORY, CONTAINER_DESCRIPTORS, type ContainerSpec } from '../container.js'

/** The parts of a Compose file that wsbench writes (https://compose-spec.io). Compose fills in `${…}` in any string. */
export interface ComposeFile {
  readonly name: string
  /** Objects that several services share, by their names in the file. */
  readonly shared: Readonly<Record<string, object>>
  readonly services: Readonly<Record<string, Service>>
  /** Settings of the default network. */
  readonly network: object
}

export type Service = Readonly<Record<string, unknown>>

/** Settings of all parts. The sysctls apply to each container's own network; no part listens on a port of the range. */
export const commonSettings = {
  ulimits: { nofile: CONTAINER_DESCRIPTORS },
  sysctls: { 'net.core.somaxconn': 65_535, 'net.ipv4.ip_local_port_range': '10000 65535' },
}

export interface Place {
  /** First three octets of the cluster's network. */
  readonly subnet: string
  /** Directory of this machine that is mounted as CONFIG_DIRECTORY. */
  readonly configDirectory: string
  /** Directory that the image of the nodes is built from. */
  readonly buildContext: string
}

/** Every part has a fixed address, so that connections to a stopped part fail, and work again when it is back. */
export const addresses = {
  ofBalancer: (index: number) => 2 + index,
  ofBroker: (index: number) => 6 + index,
  ofNode: (slot: number) => 11 + slot,
} as const

interface Presence {
  readonly address: number
  /** By port inside the container: the port of 127.0.0.1 that it is published on. */
  readonly ports: Readonly<Record<number, number>>
  /** Further names of the service. */
  readonly aliases: readonly string[]
}

/** A balancer or a broker. */
export function partService(
  spec: ContainerSpec,
  place: Place,
  { address, ports, aliases }: Presence,
): Service {
  return {
    image: spec.image,
    command: spec.command,
    ports: Object.entries(ports).map(([inside, outside]) => `127.0.0.1:${outside}:${inside}`),
    volumes: configVolumes(place),
    healthcheck: healthcheck(spec.healthcheck),
    ...networked(place, address, aliases),
  }
}

export function configVolumes({ configDirectory }: Place): readonly object[] {
  return [{ type: 'bind', source: configDirectory, target: CONFIG_DIRECTORY, read_only: true }]
}

export const NODE_PORT = 8080
const isHealthy = `fetch('http://127.0.0.1:${NODE_PORT}/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`

/** A node; `config` is the JSON of its NodeConfig. */
export function nodeService(
  place: Place,
  { slot, config, graceMs }: { readonly slot: number; readonly config: string; readonly graceMs: number },
): Service {
  return {
    ...ownImage(place),
    command: ['dist/reference-cluster/node/main.js'],
    environment: { WSBENCH_NODE: config },
    healthcheck: healthcheck(['node', '-e', isHealthy]),
    stop_grace_period: `${Math.ceil(graceMs / 1000)}s`,
    ...networked(place, addresses.ofNode(slot), []),
  }
}

/** The image built from reference-cluster/Dockerfile: wsbench itself, which includes the nodes. */
export function ownImage({ buildContext }: Place): Service {
  return {
    image: `wsbench:${packageVersion}`,
    build: { context: buildContext, dockerfile: 'reference-cluster/Dockerfile' },
  }
}

/** Frequent while the container starts, then rare: checks take CPU time on the machine that is measured. */
function healthcheck(test: readonly string[]): object {
  return {
    test: ['CMD', ...test],
    start_period: '30s',
    start_interval: '300ms',
    interval: '30s',
    timeout: '5s',
  }
}

function networked({ subnet }: Place, address: number, aliases: readonly string[]): object {
  return {
    ...commonSettings,
    networks: {
      default: { ipv4_address: `${subnet}.${address}`, ...(aliases.length > 0 ? { aliases } : {}) },
    },
  }
}

/** The parts' addresses are in the lower half; docker assigns others in the upper half only. */
export function network({ subnet }: Place): object {
  return { ipam: { config: [{ subnet: `${subnet}.0/24`, ip_range: `${subnet}.128/25` }] } }
}

/** Escapes a string that compose must not fill in. */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$')
}

/** As YAML, with `comment` at the top. Shared objects are written once, below `x-…`. */
export function toYaml({ name, shared, services, network }: ComposeFile, comment: string): string {
  const extensions = Object.fromEntries(Object.entries(shared).map(([key, value]) => [`x-${key}`, value]))
  // YAML 1.1, so that strings which only that version reads as booleans are quoted.
  const document = new Document(
    { name, ...extensions, services, networks: { default: network } },
    { version: '1.1', resolveKnownTags: false },
  )
  document.commentBefore = comment
  for (const key of Object.keys(shared)) nameAnchor(document, document.get(`x-${key}`, true), key)
  visit(document, {
    Seq(_key, list) {
      list.flow = list.items.every(isScalar)
    },
  })
  return document.toString({ lineWidth: 0 })
}

/** Renames the anchor of a node, and its aliases. */
function nameAnchor(document: Document, node: unknown, name: string): void {
  if (!isMap(node)) return
  const former = node.anchor
  node.anchor = name
  visit(document, {
    Alias(_key, alias) {
      if (alias.source === former) alias.source = name
    },
  })
}
