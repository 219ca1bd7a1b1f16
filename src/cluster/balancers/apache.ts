import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setupError } from '../../base/errors.js'
import { affinityFor } from '../affinity/strategy.js'
import type { Endpoint } from '../cluster.js'
import { httpGet } from '../http-get.js'
import { freePort } from '../local/loopback.js'
import { renderApacheConfig, STATUS_PATH } from './apache-config.js'
import { type Balancer, endpointAt } from './balancer.js'
import { ProcessControl, requireBinary } from './control.js'
import { type ReloadedProgram, RunningReloaded } from './running-reloaded.js'

const PART = 'balancer'
/** Listeners, scoreboard, event poll, log, and checks of up to a few dozen nodes. */
const OWN_DESCRIPTORS = 200
/** A thread for each client; more processes are better than more threads than these. */
const MOST_THREADS = 2_000
/** The kernel gives clients to any process that has an idle thread. */
const FAIR_SHARE = 0.95

/** The real Apache httpd with the event MPM, where a WebSocket connection keeps a thread. */
export const apache: Balancer = {
  kind: 'apache',
  program: { names: ['apache2', 'httpd'], versionArgument: '-v' },
  isEmbedded: false,
  canReload: true,
  choosesSource: false,
  changesPoolByReload: true,
  cutsAfterMs: () => null,
  drainStates: ['maint'],
  container: null,
  clientsPerProcess: (descriptors) => Math.floor(threadsWith(descriptors) * FAIR_SHARE),
  async start(context) {
    const { launcher, host, nodes, processes, descriptors, tls } = context
    const binary = requireBinary(context.binary, 'apache2')
    const modulesDirectory = findModules(binary)
    const port = await freePort(host)
    const endpoint = endpointAt(context, port)
    const program = {
      control: new ApacheProcess({ launcher, part: PART, binary, configFile: 'httpd.conf' }),
      endpoint,
      workers: processes,
      acceptingWorkers: () => acceptingWorkersOf(endpoint),
    }
    const render: ReloadedProgram['render'] = (listed, generation) =>
      renderApacheConfig({
        directory: launcher.directory,
        modulesDirectory,
        isRoot: process.getuid?.() === 0,
        listen: { host, port },
        processes,
        threads: threadsWith(descriptors),
        affinity: affinityFor(context.strategy, 'apache'),
        settings: context.settings.apache,
        nodes: listed,
        tls,
        generation,
      })
    return RunningReloaded.start([{ ...program, render }], nodes)
  },
}

function threadsWith(descriptors: number): number {
  return Math.max(1, Math.min(MOST_THREADS, Math.floor((descriptors - OWN_DESCRIPTORS) / 2)))
}

/** Debian, Fedora, and what `make install` or the official image has, which is beside the program. */
function findModules(binary: string): string {
  const candidates = [
    '/usr/lib/apache2/modules',
    '/usr/lib64/httpd/modules',
    join(dirname(binary), '../modules'),
    join(dirname(binary), '../libexec/apache2'),
  ]
  const found = candidates.find((directory) => existsSync(join(directory, 'mod_proxy_balancer.so')))
  if (found !== undefined) return found
  throw setupError(`${PART}: no mod_proxy_balancer.so was found for ${binary}`, candidates.join(', '))
}

/** From the table of child processes on its status page: pid, whether it is stopping, connections, whether it accepts. */
async function acceptingWorkersOf(endpoint: Endpoint): Promise<readonly number[]> {
  const page = (await httpGet(endpoint, STATUS_PATH))?.body ?? ''
  const rows = page.matchAll(/<td>\d+<\/td><td>(\d+)<\/td><td>[^<]*<\/td><td>\d+<\/td><td>yes<\/td>/g)
  return [...rows].map(([, pid]) => Number(pid))
}

class ApacheProcess extends ProcessControl {
  async start(): Promise<void> {
    this.launch(['-f', this.configFile, '-DFOREGROUND'])
  }

  /** Graceful: children end when their last connection has closed. */
  async reload(): Promise<void> {
    this.current.child.kill('SIGUSR1')
  }
}
