import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { nowMicros } from '../base/clock.js'
import { setupError } from '../base/errors.js'
import type {
  Cluster,
  ClusterInfo,
  ClusterNode,
  Endpoint,
  PartSample,
  UnexpectedExit,
} from '../cluster/cluster.js'
import { WEBSOCKET_PATH } from '../protocols/reference.js'
import type { ExpectedResult } from './expected-result.js'
import { NODES } from './faulty-server.js'
import type { FromFaultyServer, ToFaultyServer } from './messages.js'
import type { SelftestSize } from './plan.js'

const HOST = '127.0.0.1'
/** How long it may take to sum up its ledger; a run gives up on a cluster later than that. */
const END_MS = 15_000

/** The lying server, in a process of its own, as a run sees a cluster. */
export class FaultyCluster implements Cluster {
  readonly info: ClusterInfo = {
    driver: 'local',
    balancer: { kind: 'none', strategy: 'none', isEmbedded: true, version: process.version },
    broker: null,
    bridge: 'none',
  }
  readonly brokerUrl = null
  readonly addNodes = noChaos
  readonly killNode = noChaos
  readonly drainNode = noChaos
  readonly restartNode = noChaos
  readonly freeze = noChaos
  readonly thaw = noChaos
  readonly reloadBalancer = noChaos
  readonly killBalancer = noChaos
  readonly startBalancer = noChaos
  readonly killBroker = noChaos
  readonly startBroker = noChaos
  readonly disconnectBroker = noChaos
  readonly shapeBrokerPath = noChaos
  readonly unexpectedExits: UnexpectedExit[] = []
  readonly poolRemovals = []
  readonly endpoints: readonly Endpoint[]
  readonly nodes: readonly ClusterNode[]
  /** What it did; null until it is down. */
  truth: ExpectedResult | null = null
  /** It lived, but could not sum up its ledger in time. */
  isTooSlow = false
  #isEnding = false

  private constructor(
    readonly child: ChildProcess,
    port: number,
  ) {
    this.endpoints = [{ host: HOST, port, path: WEBSOCKET_PATH, tls: null }]
    this.nodes = NODES.map((id) => ({ id, host: HOST, port, state: 'up' }))
    child.once('exit', (code, signal) => {
      if (this.truth !== null || this.isTooSlow) return
      const how = signal ?? `exit ${code}`
      this.unexpectedExits.push({ part: 'lying server', atMicros: nowMicros(), how, logTail: '' })
    })
  }

  static async start(size: SelftestSize, seed: number): Promise<FaultyCluster> {
    const child = fork(fileURLToPath(new URL('./server-main.js', import.meta.url)), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const { port } = await ask(child, { type: 'init', size, seed }, 'ready')
    return new FaultyCluster(child, port)
  }

  begin(measureMicros: number): void {
    this.child.send({ type: 'begin', measureMicros } satisfies ToFaultyServer)
  }

  async sample(): Promise<readonly PartSample[]> {
    return []
  }

  async down(): Promise<void> {
    if (this.#isEnding || !this.child.connected) return
    this.#isEnding = true
    const gone = once(this.child, 'exit')
    const killer = setTimeout(() => {
      this.isTooSlow = true
      this.child.kill('SIGKILL')
    }, END_MS)
    this.truth = (await ask(this.child, { type: 'finish' }, 'truth')).truth
    this.child.disconnect()
    await gone
    clearTimeout(killer)
  }
}

function noChaos(): never {
  throw new Error('the selftest has no chaos')
}

type AnswerOf<Type extends FromFaultyServer['type']> = Extract<FromFaultyServer, { type: Type }>

function ask<Type extends FromFaultyServer['type']>(
  child: ChildProcess,
  message: ToFaultyServer,
  type: Type,
): Promise<AnswerOf<Type>> {
  return new Promise((resolve, reject) => {
    const give = (answer: FromFaultyServer): void => {
      if (answer.type !== type) return
      child.off('exit', giveUp)
      resolve(answer as AnswerOf<Type>)
    }
    const giveUp = (code: number | null): void =>
      reject(setupError(`the lying server ended (exit ${code}) instead of telling what it is ${type} for`))
    child.once('exit', giveUp)
    child.on('message', give)
    child.send(message)
  })
}
