import type { FromBroker, ToBroker } from '../../../reference-cluster/broker/contract.js'
import { entryPoint } from '../../base/entry-point.js'
import { setupError } from '../../base/errors.js'
import { packageVersion } from '../../base/package-info.js'
import type { ClusterInfo } from '../cluster.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { forkUntilReady, requestFork } from '../fork.js'
import { programVersion } from '../program-version.js'
import { untilReady } from '../readiness.js'
import type { BrokerSettings } from './brokers/broker-program.js'
import { brokerPrograms } from './brokers/index.js'
import type { LaunchedProcess } from './launcher.js'
import { freePort } from './loopback.js'
import type { PartProcess } from './nodes.js'

const PART = 'broker'

/** A broker of either driver. */
export interface RunningBroker<Process extends PartProcess = LaunchedProcess> {
  readonly url: string
  readonly launched: Process
  readonly info: NonNullable<ClusterInfo['broker']>
  /** Closes every connection to it; resolves with how many, once it has. */
  disconnectClients(): Promise<number>
  /** Starts it again at its address, after it was killed. */
  restart(): Promise<RunningBroker<Process>>
}

/** Starts the plan's server, or the embedded broker where it says so. Resolves once the broker answers. */
export async function startBroker(
  plan: NonNullable<ClusterPlan['broker']>,
  settings: BrokerSettings,
): Promise<RunningBroker> {
  const broker = await (plan.isEmbedded ? startEmbedded(plan.kind, settings) : startReal(plan, settings))
  const port = Number(new URL(broker.url).port)
  return { ...broker, restart: () => startBroker(plan, { ...settings, port }) }
}

type Disconnected = Extract<FromBroker, { type: 'disconnected' }>

type StartedBroker = Omit<RunningBroker, 'restart'>

async function startReal(
  { kind, binary }: NonNullable<ClusterPlan['broker']>,
  settings: BrokerSettings,
): Promise<StartedBroker> {
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
      const closed = await program.disconnectClients?.(host, port)
      if (typeof closed !== 'number')
        throw setupError(`${PART} at ${host}:${port} did not close its connections`)
      return closed
    },
  }
}

async function startEmbedded(kind: string, settings: BrokerSettings): Promise<StartedBroker> {
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
      const message: ToBroker = { type: 'disconnect' }
      const answer = await requestFork<Disconnected>(launcher, {
        launched,
        at,
        message,
        answer: 'disconnected',
      })
      return answer.connections
    },
  }
}
