import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { eventOf } from '../../chaos/index.js'
import type { Scenario } from '../schema.js'
import { type Target, urlsOf } from '../target-schema.js'
import { type Issue, issueAt, showPath } from '../yaml/explain-issue.js'
import { textsIn } from '../yaml/texts-in.js'
import { checkTemplates } from './check-templates.js'
import type { Draft } from './draft.js'
import { exceededThirdPartyLimits } from './third-party-limits.js'

/** What is wrong with `target:`, and with parts of the scenario that don't work with a target. */
export function checkTarget(draft: Draft): Issue[] {
  const { target } = draft
  if (!target) return []
  return [
    ...(draft.hasCluster
      ? [issueAt(['cluster'], 'cluster and target are both set', 'only one of them')]
      : []),
    ...checkReference(target),
    ...checkLiteral(target),
    ...checkTemplates(target, draft),
    ...checkEvents(draft),
    ...checkLoad(draft, target),
  ]
}

/** Placeholders in fields where they are not replaced. */
function checkLiteral({ stats, tls, feed, node }: Target): Issue[] {
  const inUrls = textsIn({ stats }, ['target']).filter(([, text]) => /\{[^{}]*\}/.test(text))
  const elsewhere = textsIn({ tls, feed, node }, ['target']).filter(([, text]) =>
    /\{(?:client|uuid|env:[^{}]+|feed:[^{}]+)\}/.test(text),
  )
  return [...inUrls, ...elsewhere].map(([path]) =>
    issueAt(path, `${showPath(path)} takes no placeholders`, 'literal text'),
  )
}

export function isReference({ protocol }: Target): boolean {
  return (protocol as { readonly kind: string }).kind === 'reference'
}

/** Clients of the reference protocol have a fixed handshake. */
function checkReference(target: Target): Issue[] {
  if (!isReference(target)) return []
  const { headers, cookies, query, subprotocols, node, url, urls } = target
  const compression = target.compression ? ['permessage-deflate'] : []
  const given = Object.entries({
    headers,
    cookies,
    query,
    subprotocols: subprotocols ?? [],
    compression,
    node: node ?? {},
  })
  const templates = textsIn({ url, urls }, ['target']).filter(([, text]) => /\{[^{}]*\}/.test(text))
  return [
    ...given.flatMap(([name, value]) =>
      Object.keys(value).length === 0
        ? []
        : [issueAt(['target', name], `the reference protocol does not support ${name}`, 'another protocol')],
    ),
    ...templates.map(([path]) =>
      issueAt(path, 'the reference protocol fills in no placeholders', 'another protocol'),
    ),
  ]
}

function checkEvents({ chaos }: Draft): Issue[] {
  return chaos.flatMap((event, index) => {
    if (!event || eventOf(event).worksOnTargets === true) return []
    const what = `${event.event} needs a cluster that wsbench runs, but this is a target`
    return [
      issueAt(['chaos', index, 'event'], what, 'a client event, or a hook: exec, http, docker, kubectl'),
    ]
  })
}

/** Whether the URL leads to this machine. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function checkLoad(draft: Draft, target: Target): Issue[] {
  if (target.iOwnThis || urlsOf(target).every(isLoopback)) return []
  const exceeded = exceededThirdPartyLimits(draft)
  if (exceeded.length === 0) return []
  return [
    issueAt(
      ['target'],
      `too much load for a server that is not on this machine: ${exceeded.join(', ')}`,
      'less load',
      'if the server is yours: --i-own-this-target, or target.iOwnThis: true',
    ),
  ]
}

/**
 * The scenario with every path in its target made absolute (relative paths start at the scenario's directory), and an issue
 * for each file that does not exist.
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
      issues.push(issueAt(path, `there is no file ${absolute}`, 'a file that exists'))
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
    feed: feed && { ...feed, file: file(['target', 'feed'], feed.file) },
    protocol:
      protocol.kind === 'module'
        ? { ...protocol, module: file(['target', 'protocol', 'module'], protocol.module) }
        : protocol,
  }
  return { scenario: { ...scenario, target: resolved as Target }, issues }
}
