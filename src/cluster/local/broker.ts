import { entryPoint } from '../../base/entry-point.js'
import { setupError } from '../../base/errors.js'
import { packageVersion } from '../../base/package-info.js'
import { askFork, forkUntilReady } from '../child-process-link.js'
import type { ClusterInfo } from '../cluster.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { programVersion } from '../program-version.js'
import { untilReady } from '../readiness.js'
import type { BrokerSettings } from './brokers/broker-program.js'
import { brokerPrograms } from './brokers/index.js'
import type { LaunchedProcess } from './launcher.js'
import { freePort } from './loopback.js'

const PART = 'broker'

export interface RunningBroker {
  readonly url: string
  readonly launched: LaunchedProcess
  readonly info: NonNullable<ClusterInfo['broker']>
  /** Cuts every connection to it; resolves once it has. */
  disconnectClients(): Promise<void>
}

/** Starts the plan's server, or the embedded broker where it says so. Ready once it answers. */
export function startBroker(
  plan: NonNullable<ClusterPlan['broker']>,
  settings: BrokerSettings,
): Promise<RunningBroker> {
  return plan.isEmbedded ? startEmbedded(plan.kind, settings) : startReal(plan, settings)
}

async function startReal(
  { kind, binary }: NonNullable<ClusterPlan['broker']>,
  settings: BrokerSettings,
): Promise<RunningBroker> {
  const program = brokerPrograms[kind]
  if (binary === null) throw setupError(`${program.program} was not found`, `install ${program.program}`)
  const { launcher, host } = settings
  const version = await programVersion(binary)
  const port = settings.port || (await freePort(host))
  const launched = launcher.launch({ part: PART, command: binary, args: program.arguments(settings, port) })
  await untilReady(launcher, launched, { at: `${host}:${port}`, isReady: () => program.isReady(host, port) })
  return {
    url: `${kind}://${host}:${port}`,
    launched,
    info: { kind, isEmbedded: false, version },
    async disconnectClients() {
      if (!(await program.disconnectClients?.(host, port)))
        throw setupError(`${PART} at ${host}:${port} did not cut its connections`)
    },
  }
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
