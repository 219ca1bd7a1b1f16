import type { Endpoint } from '../../cluster/cluster.js'
import { setupError } from '../../errors.js'
import { createRandom } from '../../random.js'
import type { Plan } from '../../scenarios/plan.js'
import type { ConnectFailure } from '../wire/connect-failure.js'
import { Connection } from '../wire/connection.js'
import { TargetAccess } from './target-access.js'
import { TargetLink } from './target-link.js'

/**
 * Opens one connection to every endpoint of a target, as a publisher would, before any load. Throws a setupError that says
 * which endpoint won't have us, and why.
 */
export async function probeTarget(plan: Plan, endpoints: readonly Endpoint[]): Promise<void> {
  const { target, seed } = plan
  if (target === null) return
  const isOurs = target.protocol.kind === 'reference'
  const access = isOurs ? null : await TargetAccess.open(target, seed)
  for (const endpoint of new Set(endpoints)) {
    const failure = await (access ? probeLink(plan, endpoint, access) : probeConnection(plan, endpoint))
    if (failure !== null) throw setupError(`target ${nameOf(endpoint)}: ${failure}`, hintOf(failure))
  }
}

/** Without path and query, which may hold what is nobody's business. */
function nameOf({ host, port, tls }: Endpoint): string {
  return `${tls === null ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function hintOf(failure: string): string {
  return (
    hints[failure] ??
    (failure.startsWith('http-') ? 'the server refused the handshake: path, token?' : hints.other!)
  )
}

const hints: Readonly<Record<string, string>> = {
  'bad-certificate': 'not by the CA to trust, or not for that host: see target.tls (ca, serverName)',
  refused: 'nobody listens there: is it started?',
  timeout: 'no answer within clients.connectTimeout',
  'not-ready': 'the handshake went well, but the protocol did not: does the server speak target.protocol?',
  other: 'check target.url',
}

function probeConnection(plan: Plan, endpoint: Endpoint): Promise<ConnectFailure | null> {
  return new Promise((resolve) => {
    const connection: Connection = new Connection({
      ...endpoint,
      id: 0,
      timeoutMs: plan.clients.connectTimeoutMs,
      handlers: {
        onOpen: () => connection.close(),
        onText() {},
        onBinary() {},
        onClose: () => resolve(null),
        onFailure: (_connection, kind) => resolve(kind),
      },
    })
  })
}

function probeLink(plan: Plan, endpoint: Endpoint, access: TargetAccess): Promise<string | null> {
  return new Promise((resolve) => {
    let isReady = false
    const deadline = setTimeout(() => {
      link.destroy()
      resolve('not-ready')
    }, 2 * plan.clients.connectTimeoutMs)
    const finish = (failure: string | null) => {
      clearTimeout(deadline)
      resolve(failure)
    }
    const context = {
      plan,
      run: 0,
      worker: 0,
      endpoints: [endpoint],
      brokerUrl: null,
      access,
      random: createRandom(plan.seed),
    }
    const link: TargetLink = new TargetLink(context, {
      index: 0,
      place: 0,
      whose: { id: 'probe', index: 0 },
      channels: [],
      owner: {
        onLinkOpen() {},
        onLinkReady() {
          isReady = true
          link.destroy()
        },
        onLinkMessage() {},
        onLinkAck() {},
        onLinkClosed: () => finish(isReady ? null : 'not-ready'),
        onLinkFailed: (_link, kind) => finish(kind),
      },
    })
    link.connect()
  })
}
