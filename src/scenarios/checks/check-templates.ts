import { nearest } from '../../base/nearest.js'
import { entry } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { protocols } from '../../protocols/index.js'
import type { ProtocolKind } from '../../protocols/kind.js'
import type { Target } from '../target-schema.js'
import { type Issue, issueAt, type Path, showPath } from '../yaml/explain-issue.js'
import { textsIn } from '../yaml/texts-in.js'
import type { Draft } from './draft.js'

type Located = readonly [path: Path, text: string]

/** Filled in for each client, in the handshake and in the settings of every protocol. */
const OF_CLIENT = ['client', 'uuid', 'env:NAME', 'feed:column']

/** Placeholders that nothing fills in, and settings that must have one and don't. */
export function checkTemplates(
  { url, urls, headers, cookies, query, subprotocols, protocol }: Target,
  load: Pick<Draft, 'traffic' | 'clients'>,
): Issue[] {
  const ofHandshake = textsIn({ url, urls, headers, cookies, query, subprotocols }, ['target'])
  const { kind } = protocol as { readonly kind: string }
  const { ofConnection = [] } = entry<Pick<ProtocolKind<never>, 'ofConnection'>>(protocols, kind) ?? {}
  const ofProtocol = ofConnection.flatMap((name) =>
    textsIn(entry(protocol as Readonly<Record<string, unknown>>, name), ['target', 'protocol', name]),
  )
  return [
    ...ofHandshake.flatMap((located) => unfilled(located, ['channel', ...OF_CLIENT])),
    ...checkProtocol(protocol as { readonly kind: string }),
    ...checkOnlyChannel([...ofHandshake, ...ofProtocol], load),
  ]
}

/** `{channel}` in a part of the connection itself stands for the one channel of its client. */
function checkOnlyChannel(
  texts: readonly Located[],
  { traffic, clients }: Pick<Draft, 'traffic' | 'clients'>,
): Issue[] {
  if (clients === undefined) return []
  const { fewest, most } = channelsOfClients(traffic, clients.count)
  if (fewest === 1 && most === 1) return []
  const has = most > 1 ? `client c0 is in ${most} channels` : `client c${clients.count - 1} is in no channel`
  return texts
    .filter(([, text]) => text.includes('{channel}'))
    .map(([path]) =>
      issueAt(
        path,
        `{channel} stands for the only channel of a client, but ${has}`,
        'one channel for each client',
        'as in traffic: [{ channel: { name: room, count: 4, members: 10 } }] with 40 clients',
      ),
    )
}

/** The first client is in the most channels, and the last one in the fewest (plan.ts, ChannelGroupPlan). */
function channelsOfClients(
  traffic: Draft['traffic'],
  clients: number,
): { readonly fewest: number; readonly most: number } {
  const memberships = traffic.map((given) => {
    if (given === undefined || given.via === 'echo') return clients
    const { members, count } = given.channel
    return count * (members === 'all' ? clients : members)
  })
  return {
    fewest: sumOf(memberships, (all) => Math.floor(all / clients)),
    most: sumOf(memberships, (all) => Math.ceil(all / clients)),
  }
}

/** A module may fill in placeholders of its own. */
function checkProtocol({ kind, ...settings }: { readonly kind: string }): Issue[] {
  const found = entry<Pick<ProtocolKind<never>, 'placeholders' | 'literalKeys' | 'takenBy'>>(protocols, kind)
  if (found === undefined) return []
  const { placeholders, literalKeys = [], takenBy = () => [] } = found
  const taken = takenBy(settings as never).map((name) => `taken:${name}`)
  const ownOf = (path: Path) =>
    (entry(placeholders, path.slice(2, 4).join('.')) ?? entry(placeholders, String(path[2])) ?? []).flatMap(
      (own) => (own === 'taken' ? taken : [own]),
    )
  return Object.entries(settings).flatMap(([name, value]) => {
    const path = ['target', 'protocol', name]
    const texts = textsIn(value, path)
    const checked = texts.filter(([at]) => !literalKeys.includes(String(at.at(-1))))
    return [
      ...checked.flatMap((located) => unfilled(located, [...ownOf(located[0]), ...OF_CLIENT])),
      ...(ownOf(path).includes('payload') ? withoutPayload(path, texts) : []),
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
      if (
        known.includes(whole.slice(1, -1)) ||
        whole === `{env:${argument}}` ||
        whole === `{feed:${argument}}`
      )
        return []
      const hint = argument === undefined ? nearest(name, known) : meantWith(name, argument, known)
      // `{op:join}` is a text of the user's own.
      if (argument !== undefined && hint === undefined && name !== 'taken') return []
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

/** A placeholder with an argument that may be meant by `{name:argument}`. */
function meantWith(name: string, argument: string, known: readonly string[]): string | undefined {
  const taken = known.filter((other) => other.startsWith('taken:'))
  const meant = nearest(name, ['env', 'feed'])
  return nearest(`${name}:${argument}`, taken) ?? (meant === undefined ? undefined : `${meant}:${argument}`)
}
