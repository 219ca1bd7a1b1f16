import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { setupError } from '../../base/errors.js'
import type { Cluster, ClusterInfo, Endpoint, EndpointTls, PartSample } from '../cluster.js'
import { type Located, withAddresses } from './host-addresses.js'
import { PartStats } from './part-stats.js'
import { refuseProxies } from './proxy-variables.js'
import type { TargetPlan } from './target-plan.js'

/** A cluster of the user's own: clients connect to it, and it may have metrics. wsbench can't start or end parts of it. */
export class TargetCluster implements Cluster {
  readonly info: ClusterInfo = {
    driver: 'target',
    balancer: { kind: 'none', strategy: 'none', isEmbedded: false, version: '' },
    broker: null,
    bridge: 'none',
  }
  readonly endpoints: readonly Endpoint[]
  /** For the reader of the result. */
  readonly notes: readonly string[]
  readonly #stats: readonly PartStats[]
  readonly brokerUrl = null
  readonly nodes = []
  readonly unexpectedExits = []
  readonly poolRemovals = []
  readonly addNodes = refuse
  readonly killNode = refuse
  readonly drainNode = refuse
  readonly restartNode = refuse
  readonly freeze = refuse
  readonly thaw = refuse
  readonly answers = refuse
  readonly brokerAnswerMs = refuse
  readonly reloadBalancer = refuse
  readonly reloadCutsAfterMs = null
  readonly killBalancer = refuse
  readonly startBalancer = refuse
  readonly killBroker = refuse
  readonly startBroker = refuse
  readonly disconnectBroker = refuse
  readonly shapeBrokerPath = refuse

  /**
   * `family`: IP version of the clients' own addresses; 0: any. Throws a setupError when a file of `target.tls` can't be read, or has
   * the wrong content, for a proxy of the environment, and for a host without an address.
   */
  static async locate(target: TargetPlan, family: number): Promise<TargetCluster> {
    const tls = readTls(target)
    const endpoints = target.urls.flatMap(({ url, weight }) => {
      const endpoint = withPlaceholders(endpointOf(new URL(url), tls))
      return Array.from({ length: weight }, () => endpoint)
    })
    refuseProxies(endpoints, process.env)
    return new TargetCluster(target, tls, await withAddresses(endpoints, family))
  }

  private constructor({ stats }: TargetPlan, tls: EndpointTls, { endpoints, notes }: Located) {
    this.endpoints = endpoints
    this.notes = notes
    this.#stats = Object.entries(stats).map(
      ([part, url]) => new PartStats(part, endpointOf(new URL(url), tls)),
    )
  }

  /** Throws a setupError unless every part of `target.stats` has its metrics. */
  async checkStats(): Promise<void> {
    await Promise.all(this.#stats.map((stats) => stats.check()))
  }

  async sample(): Promise<readonly PartSample[]> {
    const samples = await Promise.all(this.#stats.map((stats) => stats.sample()))
    return samples.filter((sample) => sample !== null)
  }

  down(): Promise<void> {
    return Promise.resolve()
  }
}

/** Not reached: the planner has refused all events that would call it. */
function refuse(): never {
  throw new Error('wsbench does not control a target')
}

function endpointOf(url: URL, tls: EndpointTls): Endpoint {
  const isSecure = ['wss:', 'https:'].includes(url.protocol)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    tls: isSecure ? tls : null,
  }
}

/** A URL's path encodes braces; those of placeholders are filled in for each client. */
function withPlaceholders(endpoint: Endpoint): Endpoint {
  const placeholder = /%7B((?:client|uuid|channel|(?:env|feed):.+?))%7D/g
  return { ...endpoint, path: endpoint.path.replace(placeholder, '{$1}') }
}

function readTls({ tls }: TargetPlan): EndpointTls {
  const { ca, cert, key, serverName, isInsecure } = tls
  const pems = {
    ca: ca === null ? null : read(ca),
    ...(cert === null ? {} : { cert: read(cert) }),
    ...(key === null ? {} : { key: read(key) }),
  }
  if (pems.ca)
    refuseUnless(() => new X509Certificate(pems.ca!), `${ca} is not a PEM certificate`, 'target.tls.ca')
  if (pems.cert)
    refuseUnless(
      () => createSecureContext({ cert: pems.cert, key: pems.key }),
      `${cert} and ${key} are not a PEM certificate and its key without a passphrase`,
      'target.tls.cert and key',
    )
  return { ...pems, ...(serverName === null ? {} : { serverName }), isInsecure }
}

function refuseUnless(isUsable: () => unknown, what: string, setting: string): void {
  try {
    isUsable()
  } catch (error) {
    throw setupError(what, `check ${setting}`, error)
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw setupError(`${file} can't be read`, 'check target.tls', error)
  }
}
