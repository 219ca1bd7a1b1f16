import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { affinityFor } from '../affinity/strategy.js'
import { freePort } from '../local/loopback.js'
import { type Balancer, type BalancerContext, endpointAt } from './balancer.js'
import { renderCaddyfile } from './caddy-config.js'
import { ProcessControl, type ProcessSettings, requireBinary } from './control.js'
import { type ReloadedProgram, RunningReloaded } from './running-reloaded.js'

/** Listener, admin API, event poll, log, and checks of up to a few dozen nodes. */
const OWN_DESCRIPTORS = 200
/** Clients spread evenly over the processes at first, but reconnect to any of them. */
const FAIR_SHARE = 0.95

/** The real Caddy: a process for each descriptor table that the clients need, each with a port of its own. */
export const caddy: Balancer = {
  kind: 'caddy',
  program: { names: ['caddy'], versionArgument: 'version' },
  isEmbedded: false,
  canReload: true,
  choosesSource: false,
  changesPoolByReload: true,
  cutsAfterMs: ({ caddy }) => caddy.streamCloseDelay ?? 0,
  drainStates: ['maint'],
  container: null,
  clientsPerProcess: (descriptors) => Math.floor(((descriptors - OWN_DESCRIPTORS) / 2) * FAIR_SHARE),
  async start(context) {
    const binary = requireBinary(context.binary, 'caddy')
    const numbers = Array.from({ length: context.processes }, (_, index) => index + 1)
    const programs = await Promise.all(numbers.map((number) => programOf(context, binary, number)))
    return RunningReloaded.start(programs, context.nodes)
  },
}

async function programOf(context: BalancerContext, binary: string, number: number): Promise<ReloadedProgram> {
  const { launcher, host, strategy, tls } = context
  const port = await freePort(host)
  const part = context.processes === 1 ? 'balancer' : `balancer-${number}`
  const adminSocket = join(launcher.directory, `${part}.sock`)
  return {
    control: new CaddyProcess({ launcher, part, binary, configFile: `${part}.Caddyfile` }, adminSocket),
    endpoint: endpointAt(context, port),
    workers: 1,
    render: (nodes, generation) =>
      renderCaddyfile({
        listen: { host, port },
        tls,
        adminSocket,
        affinity: affinityFor(strategy, 'caddy'),
        settings: context.settings.caddy,
        nodes,
        generation,
      }),
    // There is one process, whose former configuration has stopped when the API answers.
    acceptingWorkers: async () => [],
  }
}

class CaddyProcess extends ProcessControl {
  constructor(
    settings: ProcessSettings,
    private readonly adminSocket: string,
  ) {
    super(settings)
  }

  async start(): Promise<void> {
    // It keeps its last configuration and its certificates in directories of the user.
    const directory = this.settings.launcher.directory
    this.launch(['run', '--config', this.configFile, '--adapter', 'caddyfile'], {
      XDG_CONFIG_HOME: directory,
      XDG_DATA_HOME: directory,
    })
  }

  async reload(): Promise<void> {
    const refusal = await load(this.adminSocket, await readFile(this.configFile, 'utf8'))
    if (refusal !== null) throw this.error(`refuses its configuration: ${refusal}`)
  }
}

/** Gives a Caddyfile to the admin API, as `caddy reload` does; resolves with why it was refused, null if it was not. */
function load(socketPath: string, caddyfile: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/caddyfile' }
    const sent = request({ socketPath, path: '/load', method: 'POST', headers }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        body += chunk
      })
      answer.on('end', () => resolve(answer.statusCode === 200 ? null : body))
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(caddyfile)
  })
}
