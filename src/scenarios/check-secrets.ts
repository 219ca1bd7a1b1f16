import type { Draft } from './draft.js'
import { type Complaint, complaint, type Path } from './explain-issue.js'
import { holdsSecret, isSecretName } from './secrets.js'
import type { Target } from './target-schema.js'
import { textsIn } from './texts-in.js'

/** Literal secrets in a target and in hooks. */
export function checkSecrets({ target, chaos }: Draft): Complaint[] {
  return [
    ...(target ? secretsOfTarget(target) : []),
    ...chaos.flatMap((event, index) => textsIn(event, ['chaos', index]).flatMap(secretOfHook(event))),
  ]
}

function secretsOfTarget({ url, urls, stats, headers, cookies, query, protocol }: Target): Complaint[] {
  return [
    ...textsIn(cookies, ['target', 'cookies']).flatMap(secretOfCookie),
    ...textsIn({ headers, query, protocol }, ['target']).flatMap(secretOfTarget),
    ...textsIn({ url, urls }, ['target'])
      .filter(([path]) => path.at(-1) === 'url')
      .flatMap(secretOfUrl),
    ...textsIn(stats, ['target', 'stats']).flatMap(secretOfStatsUrl),
  ]
}

type Located = readonly [path: Path, text: string]

function secretOfTarget([path, text]: Located): Complaint[] {
  return isSecretName(nameOf(path)) && isLiteral(text) ? [secret(path)] : []
}

function secretOfCookie([path, text]: Located): Complaint[] {
  return /sess|auth|token|sid/i.test(nameOf(path)) && isLiteral(text) ? [secret(path)] : []
}

function secretOfUrl(located: Located): Complaint[] {
  return secretParameter(located, 'it in target.query, as {env:NAME}')
}

function secretOfStatsUrl(located: Located): Complaint[] {
  return secretParameter(located, 'a URL that needs none')
}

function secretParameter([path, text]: Located, expected: string): Complaint[] {
  const name = [...new URL(text).searchParams.keys()].find(isSecretName)
  return name === undefined ? [] : [complaint(path, `its parameter ${name} looks like a secret`, expected)]
}

/** Of a program's arguments, one may be named by the one before it: `--token abc`, `-u name:password`. */
function secretOfHook(event: unknown): (located: Located) => Complaint[] {
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
  return /^-[\w-]+$/.test(flag) && isSecretName(flag) && !value.startsWith('-')
}

/** Not empty, and not filled in from anywhere. */
function isLiteral(text: string): boolean {
  return text !== '' && !/\{(?:env|feed):[^{}]+\}/.test(text)
}

/** Of an entry of a list, the list's. */
function nameOf(path: Path): string {
  return String(path.findLast((key) => typeof key === 'string'))
}

function secret(path: Path): Complaint {
  return complaint(
    path,
    `${nameOf(path)} looks like a secret`,
    'it from the environment or a feed: {env:NAME}, {feed:column}',
  )
}
