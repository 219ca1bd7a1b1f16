import { isIP } from 'node:net'
import { bridges } from '../../../reference-cluster/node/bridges/index.js'
import { formatCount, formatDuration } from '../../base/format.js'
import { strategies } from '../../cluster/affinity/index.js'
import { capableOf } from '../../cluster/affinity/strategy.js'
import { type BalancerKind, balancers } from '../../cluster/balancers/index.js'
import { complaint, type Issue, showPath } from '../yaml/explain-issue.js'
import { checkEvents } from './check-events.js'
import { checkGates } from './check-gates.js'
import { checkSecrets } from './check-secrets.js'
import { checkTarget } from './check-target.js'
import type { Draft } from './draft.js'

/** What is wrong between the parts of a scenario, each part being valid by itself. */
export function checkAcross(draft: Draft): Issue[] {
  return [
    ...checkTarget(draft),
    ...checkAddresses(draft),
    ...checkSecrets(draft),
    ...checkEchoTarget(draft),
    ...checkMembers(draft),
    ...checkChannelNames(draft),
    ...checkBackend(draft),
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

/** Where what is connected to is an address, those that connect have to be of its family. */
function checkAddresses({ clients, target, cluster }: Draft): Issue[] {
  const ofTarget = target && (target.urls?.map(({ url }) => url) ?? [target.url!])
  const urls = ofTarget ?? (cluster ? [OWN_CLUSTER] : [])
  const hosts = urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''))
  return (clients?.addresses?.list ?? []).flatMap((address, index) => {
    const family = isIP(address)
    const stranger = hosts.find((host) => isIP(host) !== 0 && isIP(host) !== family)
    if (stranger === undefined) return []
    const path = ['clients', 'addresses', 'list', index]
    return [complaint(path, `${address} can’t connect to ${stranger}`, `an IPv${isIP(stranger)} address`)]
  })
}

const OWN_CLUSTER = 'ws://127.0.0.1/'

/** The reference nodes answer nobody. */
function checkEchoTarget({ traffic, target, cluster }: Draft): Issue[] {
  const isOurs = target === undefined ? cluster !== undefined : isReference(target)
  return traffic.flatMap((entry, index) =>
    entry?.via === 'echo' && isOurs
      ? [complaint(['traffic', index, 'via'], 'the reference protocol has no echo', 'client or backend')]
      : [],
  )
}

function isReference({ protocol }: NonNullable<Draft['target']>): boolean {
  return (protocol as { readonly kind: string }).kind === 'reference'
}

/** Members of a room are neighbours by number: more of them than clients would put one in twice. */
function checkMembers({ traffic, clients }: Draft): Issue[] {
  return traffic.flatMap((entry, index) => {
    const members = entry?.channel.members
    if (!clients || typeof members !== 'number' || members <= clients.count) return []
    const path = ['traffic', index, 'channel', 'members']
    const what = `${showPath(path)} is ${formatCount(members)}, but there are ${formatCount(clients.count)} clients`
    return [complaint(path, what, 'at most clients.count, or all')]
  })
}

function checkChannelNames({ traffic }: Draft): Issue[] {
  const names = traffic.map((entry) => entry?.channel.name)
  return names.flatMap((name, index) => {
    if (name === undefined || names.indexOf(name) === index) return []
    const what = `a channel ${JSON.stringify(name)} exists already`
    return [complaint(['traffic', index, 'channel', 'name'], what, 'a name of its own')]
  })
}

function checkBackend({ traffic, cluster }: Draft): Issue[] {
  if (cluster?.bridge !== 'none') return []
  return traffic.flatMap((entry, index) => {
    if (entry?.via !== 'backend') return []
    const what = 'via backend needs a broker, and bridge none has none'
    return [complaint(['traffic', index, 'via'], what, 'client', 'or set cluster.bridge to redis-pubsub')]
  })
}

/** A broker that is named has to be the one that the bridge speaks to. */
function checkBroker({ cluster }: Draft): Issue[] {
  if (!cluster || cluster.broker === 'auto') return []
  const { broker, isEmbeddable } = bridges[cluster.bridge]
  const path = ['cluster', 'broker']
  if (cluster.broker === 'embedded') {
    if (isEmbeddable || broker === null) return []
    const what = `the embedded broker can't serve bridge ${cluster.bridge}`
    return [complaint(path, what, broker, 'or set cluster.bridge to redis-pubsub')]
  }
  if (broker === null || broker === cluster.broker) return []
  return [complaint(path, `bridge ${cluster.bridge} does not speak to ${cluster.broker}`, broker)]
}

/** What is embedded runs in processes of wsbench's own. */
function checkDriver({ cluster }: Draft): Issue[] {
  if (cluster?.driver !== 'compose') return []
  const { balancer, broker } = cluster
  const what = 'with driver compose every part is a container, and embedded ones have no image'
  return [
    ...(balancer.kind !== 'auto' && balancers[balancer.kind].container === null
      ? [complaint(['cluster', 'balancer', 'kind'], what, 'auto, nginx or haproxy')]
      : []),
    ...(broker === 'embedded' ? [complaint(['cluster', 'broker'], what, 'auto')] : []),
  ]
}

/** `auto` looks for a balancer that can; one that is named must. */
function checkStrategy({ cluster }: Draft): Issue[] {
  if (!cluster || cluster.balancer.kind === 'auto') return []
  const { kind, strategy } = cluster.balancer
  const capable = capableOf(strategies[strategy], Object.keys(balancers) as BalancerKind[])
  if (capable.includes(kind)) return []
  const what = `${kind} can't do strategy ${strategy}`
  return [
    complaint(['cluster', 'balancer', 'strategy'], what, `another strategy, or kind ${capable.join(' or ')}`),
  ]
}

function checkDrainState({ cluster }: Draft): Issue[] {
  if (!cluster || cluster.balancer.kind === 'auto') return []
  const { kind, drainState } = cluster.balancer
  const can = balancers[kind].drainStates
  if (can.includes(drainState)) return []
  const path = ['cluster', 'balancer', 'drainState']
  return [complaint(path, `${kind} has no state ${drainState} for a leaving node`, can.join(' or '))]
}

function checkReconnect({ clients }: Draft): Issue[] {
  if (!clients || clients.reconnect.cap >= clients.reconnect.base) return []
  const { base, cap } = clients.reconnect
  const what = `clients.reconnect.cap is ${formatDuration(cap)}, below base, ${formatDuration(base)}`
  return [complaint(['clients', 'reconnect', 'cap'], what, 'at least base')]
}

function checkHeartbeat({ clients }: Draft): Issue[] {
  if (!clients?.heartbeat || clients.heartbeat.timeout <= clients.heartbeat.every) return []
  const { every, timeout } = clients.heartbeat
  const what = `clients.heartbeat.timeout is ${formatDuration(timeout)}, longer than every, ${formatDuration(every)}`
  return [complaint(['clients', 'heartbeat', 'timeout'], what, 'at most every')]
}

function checkResume({ clients, cluster }: Draft): Issue[] {
  if (!cluster || !clients?.reconnect.resume || bridges[cluster.bridge].hasHistory) return []
  const capable = Object.entries(bridges).flatMap(([name, { hasHistory }]) => (hasHistory ? [name] : []))
  const what = `bridge ${cluster.bridge} keeps no history to resume from`
  return [
    complaint(
      ['clients', 'reconnect', 'resume'],
      what,
      'false',
      `or set cluster.bridge to ${capable.join(' or ')}`,
    ),
  ]
}
