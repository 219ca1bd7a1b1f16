import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setupError } from '../../errors.js'
import { affinityFor } from '../affinity/capability.js'
import { httpGet } from '../http-get.js'
import type { LaunchedProcess } from '../local/launcher.js'
import { freePort } from '../local/loopback.js'
import { programVersion } from '../program-version.js'
import { partError, untilReady } from '../readiness.js'
import { type Balancer, type BalancerContext, endpointAt, type Upstream } from './balancer.js'
import { BACKEND, renderHaproxyConfig } from './haproxy-config.js'
import { command, type SlotState, slotState } from './haproxy-runtime.js'

/** Listener, stats socket, event poll, log, and checks of up to a few dozen nodes. */
const OWN_DESCRIPTORS = 200
/** Clients spread evenly over the processes, but come back where they like. */
const FAIR_SHARE = 0.95

/** The real HAProxy: processes beside each other, each with a port and a descriptor table of its own. */
export const haproxy: Balancer = {
  kind: 'haproxy',
  isEmbedded: false,
  clientsPerProcess: (descriptors) => Math.floor(maxConnections(descriptors) * FAIR_SHARE),
  async start(context) {
    const binary = context.binary
    if (binary === null)
      throw setupError('haproxy was not found', 'install haproxy, or use balancer kind embedded')
    const version = await programVersion(binary)
    const numbers = Array.from({ length: context.processes }, (_, index) => index + 1)
    const processes = await Promise.all(numbers.map((number) => startProcess(context, binary, number)))
    return {
      version,
      endpoints: processes.map(({ port }) => endpointAt(context, port)),
      pids: processes.map(({ launched }) => launched.pid),
      addNodes: (nodes) => onEach(processes, (process) => addNodes(context, process, nodes)),
      removeNode: (id) => onEach(processes, (process) => removeNode(context, process, id)),
    }
  },
}

function maxConnections(descriptors: number): number {
  return Math.max(1, Math.floor((descriptors - OWN_DESCRIPTORS) / 2))
}

interface HaproxyProcess {
  readonly port: number
  readonly statsSocket: string
  readonly launched: LaunchedProcess
}

async function startProcess(
  context: BalancerContext,
  binary: string,
  number: number,
): Promise<HaproxyProcess> {
  const { launcher, host } = context
  const part = context.processes === 1 ? 'balancer' : `balancer-${number}`
  const port = await freePort(host)
  const statsSocket = join(launcher.directory, `${part}.sock`)
  const configFile = join(launcher.directory, `${part}.cfg`)
  const config = renderHaproxyConfig({
    listen: { host, port },
    tls: context.tls,
    statsSocket,
    maxConnections: maxConnections(context.descriptors),
    affinity: affinityFor(context.strategy, 'haproxy'),
    nodes: context.nodes,
    maxNodes: context.maxNodes,
  })
  await writeFile(configFile, config)
  const launched = launcher.launch({ part, command: binary, args: ['-db', '-f', configFile] })
  await untilReady(launcher, launched, {
    at: `${host}:${port}/health`,
    isReady: async () => (await httpGet(endpointAt(context, port), '/health'))?.status === 200,
  })
  return { port, statsSocket, launched }
}

async function addNodes(
  context: BalancerContext,
  process: HaproxyProcess,
  nodes: readonly Upstream[],
): Promise<void> {
  for (const { id, host, port, slot } of nodes) {
    if (slot >= context.maxNodes) throw new Error(`${id} has no slot: ${context.maxNodes} were declared`)
    await say(context, process, `set server ${BACKEND}/${id} addr ${host} port ${port}`)
    await say(context, process, `set server ${BACKEND}/${id} state ready`)
    await untilState(context, process, id, 'ready')
  }
}

/** Maintenance and not drain: a draining server still gets whoever bears its cookie (haproxy #2894). */
async function removeNode(context: BalancerContext, process: HaproxyProcess, id: string): Promise<void> {
  await say(context, process, `set server ${BACKEND}/${id} state maint`)
  await untilState(context, process, id, 'out')
}

function untilState(
  context: BalancerContext,
  process: HaproxyProcess,
  id: string,
  state: SlotState,
): Promise<void> {
  return untilReady(context.launcher, process.launched, {
    at: `${process.statsSocket} (${id} ${state})`,
    isReady: async () =>
      slotState(await say(context, process, `show servers state ${BACKEND}`), id) === state,
  })
}

async function say(
  context: BalancerContext,
  { launched, statsSocket }: HaproxyProcess,
  line: string,
): Promise<string> {
  try {
    return await command(statsSocket, line)
  } catch {
    throw partError(context.launcher, launched.part, `does not answer on ${statsSocket}`)
  }
}

async function onEach(
  processes: readonly HaproxyProcess[],
  act: (process: HaproxyProcess) => Promise<void>,
): Promise<void> {
  await Promise.all(processes.map(act))
}
