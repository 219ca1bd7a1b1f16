import { createConnection } from 'node:net'
import { entryPoint } from '../../entry-point.js'
import { setupError } from '../../errors.js'
import { packageVersion } from '../../package-info.js'
import type { ClusterPlan } from '../../scenarios/plan.js'
import type { ClusterInfo } from '../cluster.js'
import { askFork, forkUntilReady } from '../forked.js'
import { programVersion } from '../program-version.js'
import { untilReady } from '../readiness.js'
import type { LaunchedProcess, Launcher } from './launcher.js'
import { freePort } from './loopback.js'

const PART = 'broker'

export interface RunningBroker {
  readonly url: string
  readonly launched: LaunchedProcess
  readonly info: NonNullable<ClusterInfo['broker']>
  /** Cuts every connection to it; resolves once it has. */
  disconnectClients(): Promise<void>
}

export interface BrokerSettings {
  readonly launcher: Launcher
  readonly host: string
  readonly descriptors: number
  /** 0: any free one. */
  readonly port: number
}

/** Starts redis-server, or the embedded broker where the plan says so. Ready once it answers. */
export function startBroker(
  plan: NonNullable<ClusterPlan['broker']>,
  settings: BrokerSettings,
): Promise<RunningBroker> {
  return plan.isEmbedded ? startEmbedded(plan.kind, settings) : startRedis(plan.binary, settings)
}

async function startRedis(binary: string | null, settings: BrokerSettings): Promise<RunningBroker> {
  if (binary === null)
    throw setupError('redis-server was not found', 'install redis-server, or use the embedded broker')
  const { launcher, host } = settings
  const version = await programVersion(binary)
  const port = settings.port || (await freePort(host))
  const launched = launcher.launch({ part: PART, command: binary, args: redisArguments(settings, port) })
  await untilReady(launcher, launched, { at: `${host}:${port}`, isReady: () => answersPing(host, port) })
  return {
    url: `redis://${host}:${port}`,
    launched,
    info: { kind: 'redis', isEmbedded: false, version },
    async disconnectClients() {
      await askRedis(host, port, 'CLIENT KILL TYPE normal')
      await askRedis(host, port, 'CLIENT KILL TYPE pubsub')
    },
  }
}

function redisArguments({ launcher, host, descriptors }: BrokerSettings, port: number): readonly string[] {
  // Redis needs 32 descriptors for itself and, short of them, would lower maxclients without a word to us.
  const clients = Math.max(16, Math.min(10_000, descriptors - 64))
  const network = ['--port', `${port}`, '--bind', host, '--maxclients', `${clients}`]
  return [...network, '--dir', launcher.directory, '--save', '', '--appendonly', 'no', '--daemonize', 'no']
}

async function answersPing(host: string, port: number): Promise<boolean> {
  const answer = await askRedis(host, port, 'PING').catch(() => '')
  return answer.startsWith('+PONG')
}

/** What the server answers to one command, on a connection of its own. */
function askRedis(host: string, port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, timeout: 1_000 }, () => socket.write(`${command}\r\n`))
    const fail = (): void => {
      socket.destroy()
      reject(setupError(`${PART} does not answer ${command} at ${host}:${port}`))
    }
    socket.once('data', (answer) => {
      socket.destroy()
      resolve(answer.toString('latin1'))
    })
    for (const trouble of ['timeout', 'error', 'close']) socket.once(trouble, fail)
  })
}

async function startEmbedded(kind: string, settings: BrokerSettings): Promise<RunningBroker> {
  const { launcher, host } = settings
  const { launched, port } = await forkUntilReady(launcher, host, {
    part: PART,
    module: entryPoint('broker'),
    env: { WSBENCH_BROKER: JSON.stringify({ host, port: settings.port }) },
  })
  return {
    url: `redis://${host}:${port}`,
    launched,
    info: { kind, isEmbedded: true, version: packageVersion },
    async disconnectClients() {
      const at = `${host}:${port}`
      await askFork(launcher, { launched, at, message: { type: 'disconnect' }, answer: 'disconnected' })
    },
  }
}
