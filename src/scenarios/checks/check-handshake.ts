import { entry } from '../../base/records.js'
import type { FeedRow } from '../../plan/feed.js'
import { type HandshakeText, handshakeTextProblem, headerKind } from '../../plan/handshake-text.js'
import type { Target } from '../target-schema.js'
import { type Issue, issueAt, type Path, showPath } from '../yaml/explain-issue.js'

interface Values {
  readonly rows: readonly FeedRow[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Text of a handshake that can't be sent: as it is written, or once it is filled in from variables and the feed. */
export function checkHandshake({ headers, cookies, subprotocols = [] }: Target, values: Values): Issue[] {
  const check = (part: string, texts: object, kindOf: (name: string) => HandshakeText) =>
    Object.entries(texts).flatMap(([name, text]) =>
      checkText(kindOf(name), ['target', part, Array.isArray(texts) ? Number(name) : name], text, values),
    )
  return [
    ...check('headers', headers, headerKind),
    ...check('cookies', cookies, () => 'cookie'),
    ...check('subprotocols', subprotocols, () => 'subprotocol'),
  ]
}

function checkText(kind: HandshakeText, path: Path, template: string, { rows, env }: Values): Issue[] {
  const issueOf = (where: string, text: string): Issue[] => {
    const problem = handshakeTextProblem(kind, text)
    if (problem === null) return []
    const hint = kind === 'header' ? HEADER_HINT : undefined
    return [issueAt(path, `${where} ${problem.what}`, problem.expected, hint)]
  }
  const names = [...template.matchAll(placeholder)].map(([, from, name]) => [from!, name!] as const)
  return [
    ...issueOf(showPath(path), template.replace(anyPlaceholder, '')),
    ...names.flatMap(([from, name]) => {
      if (from === 'env') return issueOf(name, entry(env, name) ?? '')
      const row = rows.findIndex((values) => issueOf('', entry(values, name) ?? '').length > 0)
      if (row < 0) return []
      return issueOf(
        `row ${row + 1} of target.feed, column ${name}, for ${showPath(path)},`,
        rows[row]![name]!,
      )
    }),
  ]
}

const placeholder = /\{(env|feed):([^{}]+)\}/g
const anyPlaceholder = /\{[^{}]*\}/g
const HEADER_HINT = 'a cookie or the query can have any text; or percent-encode it'
