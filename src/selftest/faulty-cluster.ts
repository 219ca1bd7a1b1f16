import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { nowMicros } from '../base/clock.js'
import { setupError } from '../base/errors.js'
import type { Casualty, Cluster, ClusterInfo, ClusterNode, Endpoint, PartSample } from '../cluster/cluster.js'
import { WEBSOCKET_PATH } from '../protocols/reference.js'
import type { Truth } from './expected-result.js'
import { NODES } from './faulty-server.js'
import type { FromLyingServer, ToLyingServer } from './messages.js'
import type { SelftestSize } from './plan.js'

const HOST = '127.0.0.1'
/** How long it may take to sum up its ledger; a run gives up on a cluster later than that. */
const END_MS = 15_000

/** The lying server, in a process of its own, as a run sees a cluster. */
export class LyingCluster implements Cluster {
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
  readonly casualties: Casualty[] = []
  readonly absences = []
  readonly endpoints: readonly Endpoint[]
  readonly nodes: readonly ClusterNode[]
  /** What it did; null until it is down. */
  truth: Truth | null = null
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
      this.casualties.push({ part: 'lying server', atMicros: nowMicros(), how, logTail: '' })
    })
  }

  static async start(size: SelftestSize, seed: number): Promise<LyingCluster> {
    const child = fork(fileURLToPath(new URL('./server-main.js', import.meta.url)), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const { port } = await ask(child, { type: 'init', size, seed }, 'ready')
    return new LyingCluster(child, port)
  }

  begin(measureMicros: number): void {
    this.child.send({ type: 'begin', measureMicros } satisfies ToLyingServer)
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

type AnswerOf<Type extends FromLyingServer['type']> = Extract<FromLyingServer, { type: Type }>

function ask<Type extends FromLyingServer['type']>(
  child: ChildProcess,
  message: ToLyingServer,
  type: Type,
): Promise<AnswerOf<Type>> {
  return new Promise((resolve, reject) => {
    const give = (answer: FromLyingServer): void => {
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
