import { join } from 'node:path'
import { affinityFor } from '../affinity/strategy.js'
import { CONFIG_DIRECTORY, CONTAINER_DESCRIPTORS, EVERYWHERE } from '../container.js'
import { freePort } from '../local/loopback.js'
import {
  type Balancer,
  type BalancerContainer,
  type BalancerContext,
  endpointAt,
  healthcheckAt,
} from './balancer.js'
import { ProcessControl, type ProcessSettings, requireBinary } from './control.js'
import { maxConnections, renderHaproxyConfig } from './haproxy-config.js'
import { HaproxyRuntime } from './haproxy-runtime.js'
import { type HaproxyProcess, RunningHaproxy } from './running-haproxy.js'

/** Clients spread evenly over the processes at first, but reconnect to any of them. */
const FAIR_SHARE = 0.95

const CONFIG_FILE = 'haproxy.cfg'
const CONTAINER_PORT = 8080
const RUNTIME_PORT = 9999

/** The official image, in master-worker mode, where SIGHUP reloads; its runtime API listens on a port. */
const container: BalancerContainer = {
  configFile: CONFIG_FILE,
  spec: (isTls) => ({
    image: 'haproxy:3.4-alpine',
    command: ['haproxy', '-W', '-db', '-f', `${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
    healthcheck: healthcheckAt(CONTAINER_PORT, isTls),
    ports: [CONTAINER_PORT, RUNTIME_PORT],
  }),
  render: ({ strategy, settings, maxNodes, nodes, tls }) =>
    renderHaproxyConfig({
      listen: { host: EVERYWHERE, port: CONTAINER_PORT },
      tls,
      runtime: `ipv4@${EVERYWHERE}:${RUNTIME_PORT}`,
      maxConnections: maxConnections(CONTAINER_DESCRIPTORS),
      affinity: affinityFor(strategy, 'haproxy'),
      settings: settings.haproxy,
      nodes,
      source: null,
      maxNodes,
    }),
  start(context) {
    const { control, endpoint, published } = context
    const address = { host: endpoint.host, port: published(RUNTIME_PORT) }
    const runtime = new HaproxyRuntime(address, context, control)
    const render: HaproxyProcess['render'] = (nodes) => container.render({ ...context, nodes })
    return RunningHaproxy.start([{ control, endpoint, runtime, render }], context.nodes)
  },
}

/** The real HAProxy: several processes, each with a port and a descriptor table of its own. */
export const haproxy: Balancer = {
  kind: 'haproxy',
  program: { names: ['haproxy'], versionArgument: '-v' },
  isEmbedded: false,
  canReload: true,
  choosesSource: true,
  changesPoolByReload: false,
  cutsAfterMs: ({ haproxy }) => haproxy.hardStopAfter ?? null,
  drainStates: ['maint', 'drain'],
  container,
  clientsPerProcess: (descriptors) => Math.floor(maxConnections(descriptors) * FAIR_SHARE),
  async start(context) {
    const binary = requireBinary(context.binary, 'haproxy')
    const indexes = Array.from({ length: context.processes }, (_, index) => index)
    const processes = await Promise.all(indexes.map((index) => processOf(context, binary, index)))
    return RunningHaproxy.start(processes, context.nodes)
  },
}

async function processOf(context: BalancerContext, binary: string, index: number): Promise<HaproxyProcess> {
  const { launcher, host, tls, strategy, descriptors, sources, maxNodes } = context
  const port = await freePort(host)
  const part = context.processes === 1 ? 'balancer' : `balancer-${index + 1}`
  const statsSocket = join(launcher.directory, `${part}.sock`)
  const control = new ReplacedProcess({ launcher, part, binary, configFile: `${part}.cfg` }, statsSocket)
  return {
    control,
    endpoint: endpointAt(context, port),
    runtime: new HaproxyRuntime({ path: statsSocket }, context, control),
    render: (nodes) =>
      renderHaproxyConfig({
        listen: { host, port },
        tls,
        runtime: `${statsSocket} mode 600`,
        maxConnections: maxConnections(descriptors),
        affinity: affinityFor(strategy, 'haproxy'),
        settings: context.settings.haproxy,
        nodes,
        source: sources[index % sources.length] ?? null,
        maxNodes,
      }),
  }
}

/**
 * A reload starts a successor, which takes over the listening socket through the stats socket (-x) and tells its
 * predecessor to finish what it has and exit (-sf).
 */
class ReplacedProcess extends ProcessControl {
  constructor(
    settings: ProcessSettings,
    private readonly statsSocket: string,
  ) {
    super(settings)
  }

  async start(): Promise<void> {
    this.launch(['-db', '-f', this.configFile])
  }

  async reload(): Promise<void> {
    this.current.expectEnd()
    const successorOf = ['-x', this.statsSocket, '-sf', `${this.current.pid}`]
    this.launch(['-db', '-f', this.configFile, ...successorOf])
  }
}
