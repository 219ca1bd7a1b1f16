import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { eventOf } from '../../chaos/index.js'
import type { Scenario } from '../schema.js'
import type { Target } from '../target-schema.js'
import { complaint, type Issue, showPath } from '../yaml/explain-issue.js'
import { textsIn } from '../yaml/texts-in.js'
import type { Draft } from './draft.js'
import { exceedsThirdPartyLimits } from './third-party-limits.js'

/** What is wrong with `target:`, with what stands beside it, and with events for a cluster that is only seen from outside. */
export function checkTarget(draft: Draft): Issue[] {
  const { target } = draft
  if (!target) return []
  return [
    ...(draft.hasCluster
      ? [complaint(['cluster'], 'there is a target too', 'either cluster or target')]
      : []),
    ...checkReference(target),
    ...checkTemplates(target),
    ...checkEcho(draft),
    ...checkBackend(draft),
    ...checkEvents(draft),
    ...checkLoad(draft, target),
  ]
}

/** Where a placeholder would be sent, or looked for, as it stands. */
function checkTemplates({ url, urls, stats, tls, feed, node }: Target): Issue[] {
  const inUrls = textsIn({ url, urls, stats }, ['target']).filter(([, text]) => /\{[^{}]*\}/.test(text))
  const elsewhere = textsIn({ tls, feed, node }, ['target']).filter(([, text]) =>
    /\{(?:client|uuid|env:[^{}]+|feed:[^{}]+)\}/.test(text),
  )
  return [...inUrls, ...elsewhere].map(([path]) => {
    const isQueried = path[1] === 'url' || path[1] === 'urls'
    return complaint(
      path,
      `${showPath(path)} takes no placeholders`,
      'it as it is',
      isQueried ? 'what differs from client to client goes into target.query' : undefined,
    )
  })
}

/** Its handshake is the hot path's own. */
function checkReference(target: Target): Issue[] {
  if ((target.protocol as { readonly kind: string }).kind !== 'reference') return []
  const { headers, cookies, query, subprotocols, node } = target
  const compression = target.compression ? ['permessage-deflate'] : []
  const given = Object.entries({ headers, cookies, query, subprotocols, compression, node: node ?? {} })
  return given.flatMap(([name, value]) =>
    Object.keys(value).length === 0
      ? []
      : [complaint(['target', name], `the reference protocol takes no ${name}`, 'another protocol')],
  )
}

function checkEcho({ traffic }: Draft): Issue[] {
  return traffic.flatMap((entry, index) =>
    entry?.via === 'echo' && traffic.length > 1
      ? [
          complaint(
            ['traffic', index, 'via'],
            'echo can’t be mixed with other traffic',
            'it as the only entry',
          ),
        ]
      : [],
  )
}

function checkBackend({ traffic }: Draft): Issue[] {
  return traffic.flatMap((entry, index) =>
    entry?.via === 'backend'
      ? [
          complaint(
            ['traffic', index, 'via'],
            'via backend needs a broker that wsbench runs',
            'client or echo',
          ),
        ]
      : [],
  )
}

function checkEvents({ chaos }: Draft): Issue[] {
  return chaos.flatMap((event, index) => {
    if (!event || eventOf(event).worksOnTargets === true) return []
    const what = `${event.event} acts on a cluster that wsbench runs, and a target is not one`
    return [
      complaint(['chaos', index, 'event'], what, 'a client event, or a hook: exec, http, docker, kubectl'),
    ]
  })
}

/** Loopback is one's own machine. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function checkLoad(draft: Draft, target: Target): Issue[] {
  const urls = target.urls?.map(({ url }) => url) ?? (target.url === undefined ? [] : [target.url])
  if (target.iOwnThis || urls.every(isLoopback)) return []
  const beyond = exceedsThirdPartyLimits(draft)
  if (beyond.length === 0) return []
  return [
    complaint(
      ['target'],
      `too much for a server that is not on this machine: ${beyond.join(', ')}`,
      'less',
      'if it is yours: --i-own-this-target, or target.iOwnThis: true',
    ),
  ]
}

/**
 * The scenario with every path of its target made absolute (they count from the scenario's own directory), and the files
 * that are not there.
 */
export function resolveTarget(
  scenario: Scenario,
  directory: string,
): { readonly scenario: Scenario; readonly issues: Issue[] } {
  const { target } = scenario
  if (!target) return { scenario, issues: [] }
  const issues: Issue[] = []
  const file = (path: readonly PropertyKey[], value: string | undefined): string | undefined => {
    if (value === undefined) return undefined
    const absolute = resolve(directory, value)
    if (!existsSync(absolute))
      issues.push(complaint(path, `there is no file ${absolute}`, 'a file that exists'))
    return absolute
  }
  const { tls, feed } = target
  const protocol = target.protocol as { readonly kind: string; readonly module?: string }
  const resolved = {
    ...target,
    tls: {
      ...tls,
      ca: file(['target', 'tls', 'ca'], tls.ca),
      cert: file(['target', 'tls', 'cert'], tls.cert),
      key: file(['target', 'tls', 'key'], tls.key),
    },
    feed: file(['target', 'feed'], feed),
    protocol:
      protocol.kind === 'module'
        ? { ...protocol, module: file(['target', 'protocol', 'module'], protocol.module) }
        : protocol,
  }
  return { scenario: { ...scenario, target: resolved as Target }, issues }
}
