import type { Endpoint } from '../../cluster/cluster.js'
import type { Plan } from '../../plan/plan.js'
import { readJson } from '../../protocols/read-json.js'
import type { NodeControl } from '../../protocols/reference.js'
import { SubscriptionLayout } from '../../results/delivery/layout.js'
import { clientPath } from '../client-path.js'
import { endpointAt } from '../endpoint-at.js'
import { Connection } from '../wire/connection.js'
import { missingNode } from './missing-node.js'
import { type ProbeRefusal, probeError } from './probe-refusal.js'
import { TargetAccess } from './target-access.js'
import { type ProbeOutcome, TargetProbe } from './target-probe.js'

/** Nothing is loaded yet, so a subscription that takes longer is taken for a mistake. */
const LIMIT_MS = 4_000

/**
 * Subscribes one client at every endpoint of a target, and publishes one message, before any load. Returns notes for the reader
 * of the result. Throws a setupError that says which endpoint refused, and why.
 */
export async function probeTarget(plan: Plan, endpoints: readonly Endpoint[]): Promise<string[]> {
  const { target, seed, clients } = plan
  if (target === null) return []
  const limited = {
    ...plan,
    clients: { ...clients, connectTimeoutMs: Math.min(clients.connectTimeoutMs, LIMIT_MS) },
  }
  const isOurs = target.protocol.kind === 'reference'
  const access = isOurs ? null : await TargetAccess.open(target, seed)
  const places = [...new Set(endpoints)].flatMap((endpoint) => placesOf(endpoint, endpoints))
  const distinct = places.map(({ endpoint }) => endpoint)
  const clientAt = (endpoint: Endpoint) =>
    places.find((place) => place.endpoint === endpoint)!.client % clients.count
  const outcomes = await (access
    ? probeAll(
        distinct.map((endpoint) => new TargetProbe(limited, endpoint, access, clientAt(endpoint))),
        access,
      )
    : Promise.all(distinct.map((endpoint) => probeConnection(limited, endpoint, clientAt(endpoint)))))
  const { compression, protocol, node } = target
  for (const [index, { refusal, head, isUnnamed }] of outcomes.entries()) {
    const name = nameOf(distinct[index]!)
    if (refusal !== null) throw probeError(refusal, { name, protocol: protocol.kind, compression })
    if (isUnnamed) throw missingNode(name, node!, head)
  }
  const namesWhere = (is: (outcome: ProbeOutcome) => boolean) =>
    distinct.filter((_, index) => is(outcomes[index]!)).map(nameOf)
  return [
    ...noteOf(
      namesWhere(({ head }) => compression && !head?.headers.has('sec-websocket-extensions')),
      (names) => `permessage-deflate was declined by ${names}: messages were sent uncompressed.`,
    ),
    ...noteOf(
      namesWhere(({ isUnanswered }) => isUnanswered),
      (names) =>
        `a message that was published to ${names} before load did not get to its subscriber within 1 s: ` +
        'check what target.protocol publishes and subscribes to.',
    ),
  ]
}

/** Every address of an endpoint, with the first client that connects to it. */
function placesOf(endpoint: Endpoint, endpoints: readonly Endpoint[]) {
  const first = endpoints.indexOf(endpoint)
  const { addresses = [] } = endpoint
  if (addresses.length === 0) return [{ endpoint, client: first }]
  return addresses.map((address, index) => ({
    endpoint: { ...endpoint, addresses: [address] },
    client: first + index * endpoints.length,
  }))
}

function noteOf(names: readonly string[], note: (names: string) => string): string[] {
  return names.length === 0 ? [] : [note(names.join(', '))]
}

/** Without path and query, which may contain secrets. */
function nameOf({ host, port, tls, addresses = [] }: Endpoint): string {
  const [address = host] = addresses
  const at = address === host ? '' : ` (${address})`
  return `${tls === null ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}${at}`
}

/** A user's module may throw from a socket's callback or from a timer of its own. */
async function probeAll(probes: readonly TargetProbe[], access: TargetAccess): Promise<ProbeOutcome[]> {
  let reject: (error: unknown) => void = () => {}
  const thrown = new Promise<never>((_resolve, rejectThrown) => {
    reject = rejectThrown
  })
  const onThrown = (error: unknown) => reject(access.module?.errorOf(error) ?? error)
  process.on('uncaughtException', onThrown)
  process.on('unhandledRejection', onThrown)
  try {
    try {
      for (const probe of probes) probe.start()
    } catch (error) {
      onThrown(error)
    }
    return await Promise.race([thrown, Promise.all(probes.map(({ outcome }) => outcome))])
  } finally {
    process.off('uncaughtException', onThrown)
    process.off('unhandledRejection', onThrown)
    for (const probe of probes) probe.destroy()
  }
}

/** Over the reference protocol, which has no settings that a message could prove wrong: nothing is published. */
function probeConnection(plan: Plan, endpoint: Endpoint, client: number): Promise<ProbeOutcome> {
  const { count, connectTimeoutMs } = plan.clients
  const channels = new SubscriptionLayout(count, plan.channels, client, count).channelsOf(0)
  return new Promise((resolve) => {
    /** Null: subscribed. */
    let refusal: ProbeRefusal | null | undefined
    const conclude = (found: ProbeRefusal | null) => {
      if (refusal !== undefined) return
      refusal = found
      connection.close()
    }
    const rejected = (kind: string, words: string) =>
      ({ stage: 'subscribe', kind, words, head: null }) satisfies ProbeRefusal
    const finish = (found: ProbeRefusal | null) => {
      clearTimeout(timer)
      resolve({ refusal: found, head: null, isUnanswered: false, isUnnamed: false })
    }
    const connection: Connection = new Connection({
      ...endpointAt([endpoint], 0),
      path: clientPath(endpoint.path, plan.clients, `c${client}`),
      id: 0,
      timeoutMs: connectTimeoutMs,
      handlers: {
        onOpen() {
          if (channels.length === 0) conclude(null)
          else connection.send(JSON.stringify({ op: 'subscribe', channels }))
        },
        onText(_connection, buffer, start, end) {
          const control = readJson<NodeControl>(buffer.toString('utf8', start, end))
          if (control?.op === 'subscribed') conclude(null)
          else if (control?.op === 'error') conclude(rejected('rejected', control.message ?? ''))
        },
        onBinary() {},
        onClose: (_connection, code, reason) =>
          finish(refusal === undefined ? rejected(`close-${code}`, reason) : refusal),
        onFailure: (_connection, kind, head, words) => finish({ stage: 'connect', kind, words, head }),
      },
    })
    const timer = setTimeout(() => conclude(rejected('not-ready', '')), connectTimeoutMs)
  })
}
