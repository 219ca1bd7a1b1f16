import { userInfo } from 'node:os'
import { setupError } from '../../base/errors.js'
import { affinityFor } from '../affinity/strategy.js'
import { CONFIG_DIRECTORY, CONTAINER_DESCRIPTORS, EVERYWHERE } from '../container.js'
import { freePort } from '../local/loopback.js'
import { runProgram } from '../run-program.js'
import {
  type Balancer,
  type BalancerContainer,
  type ContainedContext,
  type ContainedSettings,
  endpointAt,
  healthcheckAt,
} from './balancer.js'
import { type BalancerControl, ProcessControl, requireBinary } from './control.js'
import { renderNginxConfig, workerConnections } from './nginx-config.js'
import { type ListedNode, type ReloadedProgram, RunningReloaded } from './running-reloaded.js'

const PART = 'balancer'
const CONFIG_FILE = 'nginx.conf'
/** The kernel gives clients to workers by hash, so some workers get more than their share. */
const FAIR_SHARE = 0.95
const CONTAINER_PORT = 8080

/** The official image, without its entry point, which would write a configuration of its own. */
const container: BalancerContainer = {
  configFile: CONFIG_FILE,
  spec: (isTls) => ({
    image: 'nginx:1.30-alpine',
    command: ['nginx', '-c', `${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
    healthcheck: healthcheckAt(CONTAINER_PORT, isTls),
    ports: [CONTAINER_PORT],
  }),
  render: (settings) => {
    const servers = settings.nodes.map((node) => ({ ...node, isDown: false }))
    return renderContained(settings, servers, 0)
  },
  start: (context) =>
    startNginx(context, (servers, generation) => renderContained(context, servers, generation)),
}

/** The real nginx. */
export const nginx: Balancer = {
  kind: 'nginx',
  program: { names: ['nginx'], versionArgument: '-v' },
  isEmbedded: false,
  canReload: true,
  choosesSource: true,
  changesPoolByReload: true,
  cutsAfterMs: ({ nginx }) => nginx.workerShutdownTimeout ?? null,
  drainStates: ['maint'],
  container,
  clientsPerProcess: (descriptors) => Math.floor((workerConnections(descriptors) / 2) * FAIR_SHARE),
  async start(context) {
    const { launcher, host, nodes, processes, descriptors, sources, tls } = context
    const binary = requireBinary(context.binary, 'nginx')
    const port = await freePort(host)
    const control = new NginxProcess({ launcher, part: PART, binary, configFile: CONFIG_FILE })
    return startNginx(
      { control, endpoint: endpointAt(context, port), nodes, processes },
      (servers, generation) =>
        renderNginxConfig({
          directory: launcher.directory,
          user: userOfWorkers(),
          hasReuseport: process.platform === 'linux',
          listen: { host, port },
          processes,
          descriptors,
          affinity: affinityFor(context.strategy, 'nginx'),
          settings: context.settings.nginx,
          servers,
          sources,
          tls,
          generation,
        }),
    )
  },
}

function startNginx(
  {
    control,
    endpoint,
    nodes,
    processes,
  }: Pick<ContainedContext, 'control' | 'endpoint' | 'nodes' | 'processes'>,
  render: ReloadedProgram['render'],
): Promise<RunningReloaded> {
  const acceptingWorkers = () => acceptingWorkersOf(control)
  return RunningReloaded.start([{ control, endpoint, workers: processes, render, acceptingWorkers }], nodes)
}

/** By their process titles; none are found on a machine without /proc. */
async function acceptingWorkersOf(control: BalancerControl): Promise<readonly number[]> {
  const processes = await control.processes()
  return processes
    .filter(({ title }) => /worker process(?! is shutting down)/.test(title))
    .map(({ pid }) => pid)
}

function renderContained(
  { strategy, settings, processes, tls }: ContainedSettings,
  servers: readonly ListedNode[],
  generation: number,
): string {
  return renderNginxConfig({
    directory: '/tmp',
    user: null,
    hasReuseport: true,
    listen: { host: EVERYWHERE, port: CONTAINER_PORT },
    processes,
    descriptors: CONTAINER_DESCRIPTORS,
    affinity: affinityFor(strategy, 'nginx'),
    settings: settings.nginx,
    servers,
    sources: [],
    tls,
    generation,
  })
}

/** It may look up names, and reads certificates. */
const CHECKED_WITHIN_MS = 15_000

class NginxProcess extends ProcessControl {
  #isChecked = false

  async start(): Promise<void> {
    const { launcher, binary } = this.settings
    const args = ['-p', launcher.directory, '-c', this.configFile]
    if (!this.#isChecked) await checkConfig(binary, args)
    this.#isChecked = true
    this.launch(args)
  }

  async reload(): Promise<void> {
    this.current.child.kill('SIGHUP')
  }
}

/** Workers of a master that runs as root would run as nobody, who can't enter the run directory. */
function userOfWorkers(): string | null {
  return process.getuid?.() === 0 ? userInfo().username : null
}

/** `nginx -t`, which reports what is wrong and where. It binds the port for a moment, so nginx must not be running yet. */
async function checkConfig(binary: string, args: readonly string[]): Promise<void> {
  const { failure, stderr } = await runProgram(binary, ['-t', '-q', ...args], CHECKED_WITHIN_MS)
  if (failure !== null)
    throw setupError(`${PART}: nginx rejects its configuration: ${failure}`, stderr.trim() || undefined)
}
