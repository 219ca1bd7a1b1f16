import type { Target } from '../target-schema.js'
import { complaint, type Issue, type Path } from '../yaml/explain-issue.js'
import { behindSecretName, holdsSecret, isPath, isSecretName } from '../yaml/secrets.js'
import { textsIn } from '../yaml/texts-in.js'
import type { Draft } from './draft.js'

/** Literal secrets in a target and in hooks. */
export function checkSecrets({ target, chaos }: Draft): Issue[] {
  return [
    ...(target ? secretsOfTarget(target) : []),
    ...chaos.flatMap((event, index) => textsIn(event, ['chaos', index]).flatMap(secretOfHook(event))),
  ].map((found) => ({ ...found, isSecret: true }))
}

function secretsOfTarget(target: Target): Issue[] {
  const { url, urls, stats, headers, cookies, query, subprotocols, protocol } = target
  return [
    ...textsIn(cookies, ['target', 'cookies']).flatMap(secretOfCookie),
    ...textsIn({ headers, query, protocol }, ['target']).flatMap(secretOfTarget),
    ...subprotocols.flatMap(secretOfSubprotocol),
    ...textsIn({ url, urls }, ['target'])
      .filter(([path]) => path.at(-1) === 'url')
      .flatMap(secretOfUrl),
    ...textsIn(stats, ['target', 'stats']).flatMap(secretOfStatsUrl),
  ]
}

type Located = readonly [path: Path, text: string]

function secretOfTarget([path, text]: Located): Issue[] {
  return (isSecretName(nameOf(path)) && isLiteral(text)) || holdsSecret(text) || isLogin(text)
    ? [secret(path)]
    : []
}

/** `AUTH hunter2`, as a line of some server's own protocol. */
function isLogin(text: string): boolean {
  return /^(?:AUTH|PASS)\s+[^\s{=:]+$/.test(text)
}

function secretOfCookie([path, text]: Located): Issue[] {
  const isNamed = /sess|sid/i.test(nameOf(path)) || isSecretName(nameOf(path))
  return (isNamed && isLiteral(text)) || holdsSecret(text) ? [secret(path)] : []
}

/** `base64url.bearer.hunter2`, or one that is named by the one before it: `[access_token, hunter2]`. */
function secretOfSubprotocol(text: string, index: number, all: readonly string[]): Issue[] {
  const before = all[index - 1] ?? ''
  const isNamed = isSecretName(before) && behindSecretName(before) === ''
  return isLiteral(text) && (isNamed || holdsSecret(text) || !bearsNothing(text))
    ? [secret(['target', 'subprotocols', index])]
    : []
}

/** Behind a secret's name there is at most a version, or the rest of the name that Kubernetes has for it. */
function bearsNothing(subprotocol: string): boolean {
  return !/[a-z\d]/i.test(
    behindSecretName(subprotocol)
      .replace(/^\.k8s\.io/, '')
      .replace(/^[-._]?v?\d{1,2}(?:\.\d{1,2})*$/, ''),
  )
}

function secretOfUrl(located: Located): Issue[] {
  return secretInUrl(located, 'it in target.query, as {env:NAME}')
}

function secretOfStatsUrl(located: Located): Issue[] {
  return secretInUrl(located, 'a URL that needs none')
}

function secretInUrl([path, text]: Located, expected: string): Issue[] {
  const { pathname, searchParams } = new URL(text)
  const [name] =
    [...searchParams].find(
      ([name, value]) => (isSecretName(name) && isLiteral(value)) || holdsSecret(value),
    ) ?? []
  if (name !== undefined) return [complaint(path, `its parameter ${name} looks like a secret`, expected)]
  return holdsSecret(pathname) ? [complaint(path, 'its path looks like a secret', expected)] : []
}

/** Of a program's arguments, one may be named by the one before it: `--token abc`, `-u name:password`. */
function secretOfHook(event: unknown): (located: Located) => Issue[] {
  const texts = new Map(textsIn(event, []).map(([path, text]) => [path.join('.'), text]))
  return ([path, text]) => {
    const within = path.slice(2)
    const last = within.at(-1)
    const before =
      typeof last === 'number' ? (texts.get([...within.slice(0, -1), last - 1].join('.')) ?? '') : ''
    const isNamed = isSecretName(nameOf(path)) || isSecretFlag(before, text)
    if (!(isNamed && isLiteral(text)) && !holdsSecret(text)) return []
    const what = typeof last === 'number' ? 'this argument looks' : `${nameOf(path)} looks`
    return [complaint(path, `${what} like a secret`, 'it from the environment: {env:NAME}')]
  }
}

function isSecretFlag(flag: string, value: string): boolean {
  if (/^(?:-u|--user|--proxy-user)$/.test(flag)) return /^[^:]+:.*\D/.test(value)
  return /^-[\w-]+$/.test(flag) && isSecretName(flag) && !value.startsWith('-') && !isPath(value)
}

/** Not empty, and not filled in from anywhere. A secret is no channel's. */
function isLiteral(text: string): boolean {
  return (
    text !== '' &&
    !/\{(?:(?:env|feed):[^{}]+|channel|payload)\}/.test(text) &&
    !/^\{(?:client|uuid)\}$/.test(text)
  )
}

/** Of an entry of a list, the list's. */
function nameOf(path: Path): string {
  return String(path.findLast((key) => typeof key === 'string'))
}

function secret(path: Path): Issue {
  return complaint(
    path,
    `${nameOf(path)} looks like a secret`,
    'it from the environment or a feed: {env:NAME}, {feed:column}',
  )
}
