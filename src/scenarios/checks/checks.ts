import { isIP } from 'node:net'
import { bridges } from '../../../reference-cluster/node/bridges/index.js'
import { formatCount, formatDuration } from '../../base/format.js'
import { strategies } from '../../cluster/affinity/index.js'
import { capableOf } from '../../cluster/affinity/strategy.js'
import { type BalancerKind, balancers } from '../../cluster/balancers/index.js'
import { urlsOf } from '../target-schema.js'
import { type Issue, issueAt, showPath } from '../yaml/explain-issue.js'
import { checkEvents } from './check-events.js'
import { checkGates } from './check-gates.js'
import { checkSecrets } from './check-secrets.js'
import { checkTarget, isReference } from './check-target.js'
import type { Draft } from './draft.js'

/** Conflicts between parts of a scenario that are each valid by themselves. */
export function checkAcross(draft: Draft): Issue[] {
  return [
    ...checkTarget(draft),
    ...checkAddresses(draft),
    ...checkSecrets(draft),
    ...checkVia(draft),
    ...checkMembers(draft),
    ...checkChannelNames(draft),
    ...checkBroker(draft),
    ...checkDriver(draft),
    ...checkStrategy(draft),
    ...checkDrainState(draft),
    ...checkReconnect(draft),
    ...checkHeartbeat(draft),
    ...checkResume(draft),
    ...checkEvents(draft),
    ...checkGates(draft),
  ]
}

/** Listed client addresses must be of the same IP version as the address they connect to. */
function checkAddresses({ clients, target, cluster }: Draft): Issue[] {
  const urls = target ? urlsOf(target) : cluster ? [OWN_CLUSTER] : []
  const hosts = urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''))
  return (clients?.addresses?.list ?? []).flatMap((address, index) => {
    const family = isIP(address)
    const other = hosts.find((host) => isIP(host) !== 0 && isIP(host) !== family)
    if (other === undefined) return []
    const path = ['clients', 'addresses', 'list', index]
    return [issueAt(path, `${address} can’t connect to ${other}`, `an IPv${isIP(other)} address`)]
  })
}

const OWN_CLUSTER = 'ws://127.0.0.1/'

/** Ways of sending that the cluster or target does not support. */
function checkVia({ traffic, target, cluster }: Draft): Issue[] {
  const hasEcho = target ? !isReference(target) : cluster === undefined
  return traffic.flatMap((entry, index) => {
    const issue = (what: string, expected: string, hint?: string) => [
      issueAt(['traffic', index, 'via'], what, expected, hint),
    ]
    if (entry?.via === 'backend' && target)
      return issue('via backend needs a broker that wsbench runs', 'client, members or echo')
    if (entry?.via === 'backend' && cluster?.bridge === 'none')
      return issue(
        'via backend needs a broker, but bridge none has none',
        'client',
        'or set cluster.bridge to redis-pubsub',
      )
    if (entry?.via === 'members' && (!target || isReference(target)))
      return issue('via members needs a target with a protocol of its own', 'client or backend')
    if (entry?.via === 'members' && entry.publishers !== 1)
      return [issueAt(['traffic', index, 'publishers'], 'the members are the publishers', 'no publishers')]
    if (entry?.echoes === false && entry.via !== 'members')
      return [issueAt(['traffic', index, 'echoes'], 'only members get messages of their own', 'via members')]
    if (entry?.via === 'echo' && !hasEcho)
      return issue('the reference protocol has no echo', 'client or backend')
    if (entry?.via === 'echo' && traffic.length > 1)
      return issue('echo can’t be mixed with other traffic', 'echo as the only entry')
    return []
  })
}

/** Members of a room are consecutive clients. With more members than clients, one client would be in the room twice. */
function checkMembers({ traffic, clients }: Draft): Issue[] {
  return traffic.flatMap((entry, index) => {
    const members = entry?.channel.members
    if (!clients || typeof members !== 'number' || members <= clients.count) return []
    const path = ['traffic', index, 'channel', 'members']
    const what = `${showPath(path)} is ${formatCount(members)}, but there are ${formatCount(clients.count)} clients`
    return [issueAt(path, what, 'at most clients.count, or all')]
  })
}

function checkChannelNames({ traffic }: Draft): Issue[] {
  const seen = new Set<string>()
  return traffic.flatMap((entry, index) => {
    if (!entry) return []
    const { name } = entry.channel
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const what = `there already is a channel ${JSON.stringify(name)}`
    return [issueAt(['traffic', index, 'channel', 'name'], what, 'a unique name')]
  })
}

/** A broker that is set by name must be the one that the bridge works with. */
function checkBroker({ cluster }: Draft): Issue[] {
  if (!cluster || cluster.broker === 'auto') return []
  const { broker, isEmbeddable } = bridges[cluster.bridge]
  const path = ['cluster', 'broker']
  if (cluster.broker === 'embedded') {
    if (isEmbeddable || broker === null) return []
    const what = `the embedded broker does not support bridge ${cluster.bridge}`
    return [issueAt(path, what, broker, 'or set cluster.bridge to redis-pubsub')]
  }
  if (broker === null || broker === cluster.broker) return []
  return [issueAt(path, `bridge ${cluster.bridge} does not work with ${cluster.broker}`, broker)]
}

/** Embedded parts run in wsbench's own processes, not in containers. */
function checkDriver({ cluster }: Draft): Issue[] {
  if (cluster?.driver !== 'compose') return []
  const { balancer, broker } = cluster
  const what = 'driver compose runs every part in a container, and embedded parts have no image'
  return [
    ...(balancer.kind !== 'auto' && balancers[balancer.kind].container === null
      ? [issueAt(['cluster', 'balancer', 'kind'], what, 'auto, nginx or haproxy')]
      : []),
    ...(broker === 'embedded' ? [issueAt(['cluster', 'broker'], what, 'auto')] : []),
  ]
}

/** `auto` picks a balancer that supports the strategy; one that is set by name must support it. */
function checkStrategy({ cluster }: Draft): Issue[] {
  if (!cluster || cluster.balancer.kind === 'auto') return []
  const { kind, strategy } = cluster.balancer
  const capable = capableOf(strategies[strategy], Object.keys(balancers) as BalancerKind[])
  if (capable.includes(kind)) return []
  const what = `${kind} does not support strategy ${strategy}`
  return [
    issueAt(['cluster', 'balancer', 'strategy'], what, `another strategy, or kind ${capable.join(' or ')}`),
  ]
}

function checkDrainState({ cluster }: Draft): Issue[] {
  if (!cluster || cluster.balancer.kind === 'auto') return []
  const { kind, drainState } = cluster.balancer
  const states = balancers[kind].drainStates
  if (states.includes(drainState)) return []
  const path = ['cluster', 'balancer', 'drainState']
  return [issueAt(path, `${kind} does not support drainState ${drainState}`, states.join(' or '))]
}

function checkReconnect({ clients }: Draft): Issue[] {
  if (!clients || clients.reconnect.cap >= clients.reconnect.base) return []
  const { base, cap } = clients.reconnect
  const what = `clients.reconnect.cap is ${formatDuration(cap)}, below base, ${formatDuration(base)}`
  return [issueAt(['clients', 'reconnect', 'cap'], what, 'at least base')]
}

function checkHeartbeat({ clients }: Draft): Issue[] {
  if (!clients?.heartbeat || clients.heartbeat.timeout <= clients.heartbeat.every) return []
  const { every, timeout } = clients.heartbeat
  const what = `clients.heartbeat.timeout is ${formatDuration(timeout)}, longer than every, ${formatDuration(every)}`
  return [issueAt(['clients', 'heartbeat', 'timeout'], what, 'at most every')]
}

function checkResume({ clients, cluster }: Draft): Issue[] {
  if (!cluster || !clients?.reconnect.resume || bridges[cluster.bridge].hasHistory) return []
  const capable = Object.entries(bridges).flatMap(([name, { hasHistory }]) => (hasHistory ? [name] : []))
  const what = `bridge ${cluster.bridge} keeps no history to resume from`
  return [
    issueAt(
      ['clients', 'reconnect', 'resume'],
      what,
      'false',
      `or set cluster.bridge to ${capable.join(' or ')}`,
    ),
  ]
}
