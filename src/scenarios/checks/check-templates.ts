import { nearest } from '../../base/nearest.js'
import { entry } from '../../base/records.js'
import { protocols } from '../../protocols/index.js'
import type { ProtocolKind } from '../../protocols/kind.js'
import type { Target } from '../target-schema.js'
import { type Issue, issueAt, type Path, showPath } from '../yaml/explain-issue.js'
import { textsIn } from '../yaml/texts-in.js'

type Located = readonly [path: Path, text: string]

/** Filled in for each client, in the handshake and in the settings of every protocol. */
const OF_CLIENT = ['client', 'uuid', 'env:NAME', 'feed:column']

/** Placeholders that nothing fills in, and settings that must have one and don't. */
export function checkTemplates({ headers, cookies, query, subprotocols, protocol }: Target): Issue[] {
  const ofHandshake = textsIn({ headers, cookies, query, subprotocols }, ['target'])
  return [
    ...ofHandshake.flatMap((located) => unfilled(located, OF_CLIENT)),
    ...checkProtocol(protocol as { readonly kind: string }),
  ]
}

/** A module may fill in placeholders of its own. */
function checkProtocol({ kind, ...settings }: { readonly kind: string }): Issue[] {
  const found = entry<Pick<ProtocolKind<never>, 'placeholders' | 'literalKeys'>>(protocols, kind)
  if (found === undefined) return []
  const { placeholders, literalKeys = [] } = found
  return Object.entries(settings).flatMap(([name, value]) => {
    const path = ['target', 'protocol', name]
    const own = entry(placeholders, name) ?? []
    const texts = textsIn(value, path)
    const checked = texts.filter(([at]) => !literalKeys.includes(String(at.at(-1))))
    return [
      ...checked.flatMap((located) => unfilled(located, [...own, ...OF_CLIENT])),
      ...(own.includes('payload') ? withoutPayload(path, texts) : []),
    ]
  })
}

function withoutPayload(path: Path, texts: readonly Located[]): Issue[] {
  if (texts.some(([, text]) => text.includes('{payload}'))) return []
  const what = `${showPath(path)} has no {payload}, by which messages are counted`
  return [issueAt(path, what, '{payload} where the text of a message goes')]
}

function unfilled([path, text]: Located, known: readonly string[]): Issue[] {
  return [...text.matchAll(/\{\s*([A-Za-z_][\w.-]*)(?::([^{}]*?))?\s*\}/g)].flatMap(
    ([whole, name = '', argument]) => {
      const names = known.filter((other) => other.includes(':') === (argument !== undefined))
      const isKnown = names.some((other) => whole === `{${other.replace(/:.*/, `:${argument}`)}}`)
      const meant = nearest(name, argument === undefined ? known : ['env', 'feed'])
      // `{op:join}` is a text of the user's own.
      if (isKnown || (argument !== undefined && meant === undefined)) return []
      const hint = argument === undefined || meant === undefined ? meant : `${meant}:${argument}`
      return [
        issueAt(
          path,
          `nothing fills in ${whole}`,
          `one of ${known.map((other) => `{${other}}`).join(', ')}`,
          hint === undefined ? undefined : `did you mean {${hint}}?`,
        ),
      ]
    },
  )
}
