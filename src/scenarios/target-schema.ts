import { z } from 'zod'
import { type IssueDetails, quantity } from '../base/fields.js'
import { count } from '../base/quantity.js'
import { type ProtocolName, protocols } from '../protocols/index.js'

const text = z
  .string({ error: 'expected text' })
  .regex(/^[^\r\n\0]*$/, { error: 'expected one line of text' })
/** ValueOwner stats are read each second. */
const MOST_PARTS = 100
const yes = z.boolean({ error: 'expected true or false' })
const names = [...(Object.keys(protocols) as ProtocolName[]), 'reference'] as const
const templates = (description: string) =>
  z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected a token' }), text)
    .default({})
    .describe(`${description}; {client}, {uuid}, {env:NAME}, {feed:column}`)

/** Headers that a WebSocket's handshake has by itself, and how else to say what they say. */
const handshakeHeaders: Readonly<Record<string, string>> = {
  connection: 'remove it',
  upgrade: 'remove it',
  'sec-websocket-key': 'remove it',
  'sec-websocket-version': 'remove it',
  'sec-websocket-extensions': 'target.compression offers permessage-deflate',
  'sec-websocket-protocol': 'name them in target.subprotocols',
}

const headers = templates('headers of the handshake').superRefine((given, context) => {
  for (const name of Object.keys(given)) {
    const hint = handshakeHeaders[name.toLowerCase()]
    if (hint === undefined) continue
    const params: IssueDetails = { what: 'the handshake sends this header itself', hint }
    context.addIssue({ code: 'custom', path: [name], params: { ...params } })
  }
})

const url = z.string({ error: 'expected a URL' }).refine(isTargetUrl, {
  error: 'expected ws://host… or wss://host…, without a user and without a #fragment',
})

function isTargetUrl(value: string): boolean {
  return isPlainUrl(value, ['ws:', 'wss:'])
}

function isStatsUrl(value: string): boolean {
  return isPlainUrl(value, ['http:', 'https:'])
}

function isPlainUrl(value: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password, hash } = new URL(value)
  return protocols.includes(protocol) && username === '' && password === '' && hash === ''
}

/** A node by the name that clients hear of it, or another part by what it is; ours is the generator alone. */
const partName = z
  .string()
  .regex(/^(?!generator$|__)[\w.:@/-]{1,64}$/, { error: 'expected the name of a node, balancer or broker' })

const statsUrl = z.string({ error: 'expected a URL' }).refine(isStatsUrl, {
  error: 'expected http://host… or https://host…, without a user and without a #fragment',
})

const [firstKind, ...otherKinds] = Object.entries(protocols).map(([kind, { options }]) =>
  (options as unknown as z.ZodObject).extend({ kind: z.literal(kind) }),
)

/** A name, a module's path, or a mapping with `kind` or `module` and settings. */
const protocol = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? shorthand(value) : value))
  .pipe(
    z.union(
      [
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('reference') }),
          firstKind!,
          ...otherKinds,
        ]),
        z.strictObject({
          kind: z.literal('module').default('module'),
          module: z.string().regex(/^(\.{1,2}\/|\/)/, { error: 'expected a path' }),
          options: z.record(z.string(), z.unknown()).default({}),
        }),
      ],
      { error: `expected one of ${names.join(', ')}, or a module by its path, such as ./my-protocol.mjs` },
    ),
  )

function shorthand(value: string): unknown {
  return /^(\.{1,2}\/|\/)/.test(value) ? { module: value } : { kind: value }
}

/** Why no JSON message comes before a subscription stands; null: one may. */
function noMessageBefore(given: z.output<typeof protocol>): string | null {
  const { kind, subscribed } = given as { readonly kind: string; readonly subscribed?: string }
  if (kind === 'mqtt' || kind === 'stomp') return `${kind} has no JSON message before the subscription stands`
  if (kind === 'json' && subscribed === '')
    return 'without protocol.subscribed the subscription stands before any message comes'
  return null
}

/** `target:`, a cluster that is there already. */
export const targetSchema = z
  .strictObject({
    url: url.optional().describe('where clients connect'),
    urls: z
      .array(z.strictObject({ url, weight: quantity(count, { from: '1', to: '100' }).prefault(1) }))
      .min(1)
      .max(100)
      .optional()
      .describe('several, with the share of clients of each'),
    protocol: protocol.prefault('reference'),
    headers,
    cookies: templates('cookies of the handshake'),
    query: templates('added to the query'),
    subprotocols: z.array(text).default([]).describe('asked for in the handshake; templates, as headers are'),
    compression: yes.default(false).describe('offer permessage-deflate'),
    tls: z
      .strictObject({
        ca: text.optional().describe('PEM file of the CA to trust; without it: those of Node'),
        cert: text.optional().describe('PEM file of the client certificate'),
        key: text.optional().describe('PEM file of its key'),
        serverName: text.optional().describe('SNI, and the name that the certificate must have'),
        insecure: yes.default(false).describe('take any certificate'),
      })
      .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
        error: 'expected cert and key together',
      })
      .prefault({}),
    feed: text
      .optional()
      .describe('CSV (with a header line) or JSON (a list of mappings): a row for each client'),
    node: z
      .strictObject({
        header: text.optional(),
        cookie: text.optional(),
        message: text.optional().describe('field of a JSON message before the subscription stands'),
      })
      .refine((from) => Object.values(from).filter((value) => value !== undefined).length === 1, {
        error: 'expected exactly one of header, cookie, message',
      })
      .optional()
      .describe('which node a client is on'),
    stats: z
      .record(partName, statsUrl)
      .refine((parts) => Object.keys(parts).length <= MOST_PARTS, { error: `expected at most ${MOST_PARTS}` })
      .default({})
      .describe('of nodes, balancer and broker by name: the URL of Prometheus metrics, read each second'),
    iOwnThis: yes.default(false).describe('the target is yours to load: lifts the limit for others’ servers'),
  })
  .refine(({ url: one, urls }) => (one === undefined) !== (urls === undefined), {
    error: 'expected either url or urls',
  })
  .superRefine(({ node, protocol }, context) => {
    const silent = node?.message === undefined ? null : noMessageBefore(protocol)
    if (silent === null) return
    const params: IssueDetails = { what: silent, hint: 'header or cookie' }
    context.addIssue({ code: 'custom', path: ['node', 'message'], params: { ...params } })
  })
  .describe('a cluster of your own, instead of the bundled one')

export type Target = z.output<typeof targetSchema>
