import { createRandom } from '../../base/random.js'
import type { Endpoint } from '../../cluster/cluster.js'
import type { Plan } from '../../plan/plan.js'
import { Connection } from '../wire/connection.js'
import type { ResponseHead } from '../wire/response-head.js'
import { type Probed, probeRefusal } from './probe-refusal.js'
import { TargetAccess } from './target-access.js'
import { TargetConnection } from './target-connection.js'

/**
 * Opens one connection to every endpoint of a target, as a publisher would, before any load. Returns notes for the reader of
 * the result. Throws a setupError that says which endpoint rejected the connection, and why.
 */
export async function probeTarget(plan: Plan, endpoints: readonly Endpoint[]): Promise<string[]> {
  const { target, seed } = plan
  if (target === null) return []
  const isOurs = target.protocol.kind === 'reference'
  const access = isOurs ? null : await TargetAccess.open(target, seed)
  const decliners = new Set<string>()
  for (const endpoint of new Set(endpoints)) {
    const probed = await (access
      ? probeTargetConnection(plan, endpoint, access)
      : probeConnection(plan, endpoint))
    const refusal = probeRefusal(probed, nameOf(endpoint), target.compression)
    if (refusal !== null) throw refusal
    if (target.compression && !probed.head?.headers.has('sec-websocket-extensions'))
      decliners.add(nameOf(endpoint))
  }
  return decliners.size === 0
    ? []
    : [`permessage-deflate was declined by ${[...decliners].join(', ')}: messages were sent uncompressed.`]
}

/** Without path and query, which may contain secrets. */
function nameOf({ host, port, tls }: Endpoint): string {
  return `${tls === null ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function probeConnection(plan: Plan, endpoint: Endpoint): Promise<Probed> {
  return new Promise((resolve) => {
    const connection: Connection = new Connection({
      ...endpoint,
      id: 0,
      timeoutMs: plan.clients.connectTimeoutMs,
      handlers: {
        onOpen: () => connection.close(),
        onText() {},
        onBinary() {},
        onClose: () => resolve({ failure: null, head: null }),
        onFailure: (_connection, failure, head) => resolve({ failure, head }),
      },
    })
  })
}

function probeTargetConnection(plan: Plan, endpoint: Endpoint, access: TargetAccess): Promise<Probed> {
  return new Promise((resolve, reject) => {
    let isReady = false
    let answer: ResponseHead | null = null
    // A user's module may throw from a socket's callback or from a timer of its own.
    const onThrown = (error: unknown) => {
      end()
      connection.destroy()
      reject(access.module?.errorOf(error) ?? error)
    }
    const end = () => {
      process.off('uncaughtException', onThrown)
      process.off('unhandledRejection', onThrown)
    }
    const finish = (failure: string | null, head: ResponseHead | null) => {
      end()
      resolve({ failure, head, offered: connection.offered })
    }
    process.on('uncaughtException', onThrown)
    process.on('unhandledRejection', onThrown)
    const context = {
      plan,
      run: 0,
      worker: 0,
      endpoints: [endpoint],
      brokerUrl: null,
      access,
      random: createRandom(plan.seed),
    }
    const connection: TargetConnection = new TargetConnection(context, {
      index: 0,
      identity: { id: 'probe', index: 0 },
      channels: [],
      handlers: {
        onOpen(_connection, head) {
          answer = head
        },
        onReady() {
          isReady = true
          connection.destroy()
        },
        onMessage() {},
        onAck() {},
        onClose: () => finish(isReady ? null : 'not-ready', answer),
        onFailure: (_connection, kind, head) => finish(kind, head),
      },
    })
    try {
      connection.connect()
    } catch (error) {
      onThrown(error)
    }
  })
}
