import type { Target } from '../target-schema.js'
import { type Issue, issueAt, type Path } from '../yaml/explain-issue.js'
import { afterSecretName, holdsSecret, isPath, isSecretName } from '../yaml/secrets.js'
import { textsIn } from '../yaml/texts-in.js'
import type { Draft } from './draft.js'

/** Secrets written out in a target or in hooks. */
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
    ...(subprotocols ?? []).flatMap(secretOfSubprotocol),
    ...textsIn({ url, urls }, ['target'])
      .filter(([path]) => path.at(-1) === 'url')
      .flatMap(secretInUrl('the secret in target.query, as {env:NAME}')),
    ...textsIn(stats, ['target', 'stats']).flatMap(secretInUrl('a URL without a secret')),
  ]
}

type Located = readonly [path: Path, text: string]

function secretOfTarget([path, text]: Located): Issue[] {
  // Where in an answer a value is, not the value.
  if (path.at(-2) === 'take') return []
  return (isSecretName(nameOf(path)) && isLiteral(text)) || holdsSecret(text) || isLogin(text)
    ? [secret(path)]
    : []
}

/** `AUTH hunter2`, a login line of a text protocol. */
function isLogin(text: string): boolean {
  return /^(?:AUTH|PASS)\s+[^\s{=:]+$/.test(text)
}

function secretOfCookie([path, text]: Located): Issue[] {
  const isNamed = /sess|sid/i.test(nameOf(path)) || isSecretName(nameOf(path))
  return (isNamed && isLiteral(text)) || holdsSecret(text) ? [secret(path)] : []
}

/** `base64url.bearer.hunter2`, or a value after an entry that names a secret: `[access_token, hunter2]`. */
function secretOfSubprotocol(text: string, index: number, all: readonly string[]): Issue[] {
  const before = all[index - 1] ?? ''
  const isNamed = isSecretName(before) && afterSecretName(before) === ''
  return isLiteral(text) && (isNamed || holdsSecret(text) || !isBareName(text))
    ? [secret(['target', 'subprotocols', index])]
    : []
}

/** Whether only a version, or the rest of the Kubernetes name for bearer tokens, follows the name of a secret. */
function isBareName(subprotocol: string): boolean {
  return !/[a-z\d]/i.test(
    afterSecretName(subprotocol)
      .replace(/^\.k8s\.io/, '')
      .replace(/^[-._]?v?\d{1,2}(?:\.\d{1,2})*$/, ''),
  )
}

function secretInUrl(expected: string): (located: Located) => Issue[] {
  return ([path, text]) => {
    const { pathname, searchParams } = new URL(text)
    const [name] =
      [...searchParams].find(
        ([name, value]) => (isSecretName(name) && isLiteral(value)) || holdsSecret(value),
      ) ?? []
    if (name !== undefined) return [issueAt(path, `its parameter ${name} looks like a secret`, expected)]
    return holdsSecret(pathname) ? [issueAt(path, 'its path looks like a secret', expected)] : []
  }
}

/** An argument of a program may follow an option that names a secret: `--token abc`, `-u name:password`. */
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
    return [issueAt(path, `${what} like a secret`, 'a placeholder: {env:NAME}')]
  }
}

function isSecretFlag(flag: string, value: string): boolean {
  if (/^(?:-u|--user|--proxy-user)$/.test(flag)) return /^[^:]+:.*\D/.test(value)
  return /^-[\w-]+$/.test(flag) && isSecretName(flag) && !value.startsWith('-') && !isPath(value)
}

/** Whether the text is neither empty nor made of placeholders. A channel name or payload is not a secret. */
function isLiteral(text: string): boolean {
  return (
    text !== '' &&
    !/\{(?:(?:env|feed|taken):[^{}]+|channel|payload|sequence|id)\}/.test(text) &&
    !/^\{(?:client|uuid)\}$/.test(text)
  )
}

/** The key of a value; for an entry of a list, the key of the list. */
function nameOf(path: Path): string {
  return String(path.findLast((key) => typeof key === 'string'))
}

function secret(path: Path): Issue {
  return issueAt(path, `${nameOf(path)} looks like a secret`, 'a placeholder: {env:NAME} or {feed:column}')
}
