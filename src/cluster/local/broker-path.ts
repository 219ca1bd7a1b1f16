import type { FromProxy, PathShape, ProxyConfig, ToProxy } from '../../../reference-cluster/proxy/contract.js'
import { entryPoint } from '../../base/entry-point.js'
import { requestFork } from '../fork.js'
import { untilReady } from '../readiness.js'
import type { LaunchedProcess, Launcher } from './launcher.js'

const PART = 'broker-path'

export interface BrokerPathSettings {
  readonly launcher: Launcher
  readonly host: string
  readonly brokerUrl: string
  readonly maxNodes: number
}

/** The proxy between nodes and broker: each node has a path of its own, by its slot. */
export interface BrokerPath {
  readonly launched: LaunchedProcess
  /** The URL by which the node of `slot` reaches the broker. */
  urlOf(slot: number): string
  shape(slots: readonly number[], shape: PathShape): Promise<void>
}

export async function startBrokerPath(settings: BrokerPathSettings): Promise<BrokerPath> {
  const { launcher, host, brokerUrl, maxNodes } = settings
  const { hostname, port } = new URL(brokerUrl)
  const config: ProxyConfig = { host, upstream: { host: hostname, port: Number(port) }, paths: maxNodes }
  const launched = launcher.fork({
    part: PART,
    module: entryPoint('proxy'),
    env: { WSBENCH_PROXY: JSON.stringify(config) },
  })
  let ports: readonly number[] = []
  launched.child.on('message', (message: FromProxy) => {
    if (message.type === 'ready') ports = message.ports
  })
  await untilReady(launcher, launched, { at: host, isReady: () => ports.length > 0 })
  return {
    launched,
    urlOf: (slot) => brokerUrl.replace(`${hostname}:${port}`, `${host}:${ports[slot]}`),
    async shape(slots, shape) {
      const message: ToProxy = { type: 'shape', paths: slots, shape }
      await requestFork(launcher, { launched, at: host, message, answer: 'shaped' })
    },
  }
}
