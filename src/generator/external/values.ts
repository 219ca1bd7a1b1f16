import { hash32 } from '../../base/random.js'
import type { FeedRow } from '../../plan/feed.js'
import { remembered } from './filled.js'

export interface ValueContext {
  readonly seed: number
  readonly feed: readonly FeedRow[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Whose values are filled in. `id`: `c17` or `p3`. `index`: counted through clients and then publishers; chooses the feed's row. */
export interface ClientIdentity {
  readonly id: string
  readonly index: number
}

/**
 * `text` with `{client}`, `{uuid}` (the same for a client and seed), `{env:NAME}` and `{feed:column}` filled in. Other names,
 * such as `{channel}`, stay as they are. `encode`: how a value is written there.
 */
export function fillValues(
  text: string,
  identity: ClientIdentity,
  context: ValueContext,
  encode: (value: string) => string = (value) => value,
): string {
  return text.replace(/\{(client|uuid|env:[^{}]+|feed:[^{}]+)\}/g, (_, name: string) =>
    encode(filledIn(name, identity, context)),
  )
}

function filledIn(name: string, identity: ClientIdentity, { seed, feed, env }: ValueContext): string {
  if (name === 'client') return identity.id
  if (name === 'uuid') return uuidOf(seed, identity.id)
  if (name.startsWith('env:')) return remembered(env[name.slice(4)] ?? '')
  return remembered(feed[identity.index % Math.max(1, feed.length)]?.[name.slice(5)] ?? '')
}

/** Whether strings in `value` differ from client to client once they are filled in. */
export function isPerClient(value: unknown): boolean {
  return /\{(?:client|uuid|feed:)/.test(JSON.stringify(value))
}

/** Every string in `value`, at any depth, filled in. */
export function fillAll(value: unknown, identity: ClientIdentity, context: ValueContext): unknown {
  if (typeof value === 'string') return fillValues(value, identity, context)
  if (Array.isArray(value)) return value.map((item) => fillAll(item, identity, context))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillAll(item, identity, context)]),
  )
}

function uuidOf(seed: number, id: string): string {
  let text = ''
  for (let part = 0; part < 4; part += 1) {
    const salted = [...`${part}${id}`].reduce((sum, letter) => hash32(sum, letter.charCodeAt(0)), seed)
    text += salted.toString(16).padStart(8, '0')
  }
  const variant = '89ab'[Number.parseInt(text[16]!, 16) & 3]!
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`
}
