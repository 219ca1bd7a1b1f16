import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { nowMicros } from '../base/clock.js'
import { entryPoint } from '../base/entry-point.js'
import { setupError } from '../base/errors.js'
import { relayStderr } from '../base/relay-stderr.js'
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
/** How long the server may take to count its logs; a run waits longer than that for a cluster. */
const END_MS = 15_000

/** The faulty server, in a process of its own, as a cluster. */
export class FaultyCluster implements Cluster {
  readonly info: ClusterInfo = {
    driver: 'local',
    balancer: { kind: 'none', strategy: 'none', isEmbedded: true, version: process.version },
    broker: null,
    bridge: 'none',
  }
  readonly brokerUrl = null
  readonly addNodes = noEvents
  readonly killNode = noEvents
  readonly drainNode = noEvents
  readonly restartNode = noEvents
  readonly freeze = noEvents
  readonly thaw = noEvents
  readonly answers = noEvents
  readonly brokerAnswerMs = noEvents
  readonly reloadBalancer = noEvents
  readonly reloadCutsAfterMs = null
  readonly killBalancer = noEvents
  readonly startBalancer = noEvents
  readonly killBroker = noEvents
  readonly startBroker = noEvents
  readonly disconnectBroker = noEvents
  readonly shapeBrokerPath = noEvents
  readonly unexpectedExits: UnexpectedExit[] = []
  readonly poolRemovals = []
  readonly endpoints: readonly Endpoint[]
  readonly nodes: readonly ClusterNode[]
  /** Null until the server is down. */
  expected: ExpectedResult | null = null
  /** The server could not count its logs in time. */
  isTooSlow = false
  #isEnding = false

  private constructor(
    readonly child: ChildProcess,
    port: number,
  ) {
    this.endpoints = [{ host: HOST, port, path: WEBSOCKET_PATH, tls: null }]
    this.nodes = NODES.map((id) => ({ id, host: HOST, port, state: 'up' }))
    child.once('exit', (code, signal) => {
      if (this.expected !== null || this.isTooSlow) return
      const how = signal ?? `exit ${code}`
      this.unexpectedExits.push({ part: 'faulty server', atMicros: nowMicros(), how, logTail: '' })
    })
  }

  static async start(size: SelftestSize, seed: number): Promise<FaultyCluster> {
    const child = fork(entryPoint('selftestServer'), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    relayStderr(child.stderr!)
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
    const exit = once(this.child, 'exit')
    const killer = setTimeout(() => {
      this.isTooSlow = true
      this.child.kill('SIGKILL')
    }, END_MS)
    this.expected = (await ask(this.child, { type: 'finish' }, 'expected')).expected
    this.child.disconnect()
    await exit
    clearTimeout(killer)
  }
}

function noEvents(): never {
  throw new Error('the selftest has no events')
}

type AnswerOf<Type extends FromFaultyServer['type']> = Extract<FromFaultyServer, { type: Type }>

function ask<Type extends FromFaultyServer['type']>(
  child: ChildProcess,
  message: ToFaultyServer,
  type: Type,
): Promise<AnswerOf<Type>> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: FromFaultyServer): void => {
      if (answer.type !== type) return
      child.off('exit', onExit)
      resolve(answer as AnswerOf<Type>)
    }
    const onExit = (code: number | null): void =>
      reject(setupError(`the faulty server exited (exit ${code}) before it sent '${type}'`))
    child.once('exit', onExit)
    child.on('message', onMessage)
    child.send(message)
  })
}
