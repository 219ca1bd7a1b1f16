import { z } from 'zod'
import { customIssue, flag, type IssueDetails, quantity } from '../base/fields.js'
import { nearest } from '../base/nearest.js'
import { count } from '../base/quantity.js'
import { entry } from '../base/records.js'
import { type ProtocolName, protocols } from '../protocols/index.js'

const text = z
  .string({ error: 'expected text' })
  .regex(/^[^\r\n\0]*$/, { error: 'expected one line of text' })
/** Each of them is read every second. */
const MOST_PARTS = 100
const MODULE_PATH = /^(\.{1,2}\/|\/)/
const names = [...(Object.keys(protocols) as ProtocolName[]), 'reference'] as const
const templates = (description: string) =>
  z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected a token' }), text)
    .default({})
    .describe(`${description}; may contain {client}, {uuid}, {env:NAME} and {feed:column}`)

/** Headers that every WebSocket handshake has, and what to do instead of setting them. */
const handshakeHeaders: Readonly<Record<string, string>> = {
  connection: 'remove it',
  upgrade: 'remove it',
  'sec-websocket-key': 'remove it',
  'sec-websocket-version': 'remove it',
  'sec-websocket-extensions': 'target.compression offers permessage-deflate',
  'sec-websocket-protocol': 'list them in target.subprotocols',
}

const headers = templates('headers of the WebSocket handshake').superRefine((given, context) => {
  for (const name of Object.keys(given)) {
    const hint = entry(handshakeHeaders, name.toLowerCase())
    if (hint === undefined) continue
    const params: IssueDetails = { what: 'the handshake sends this header itself', hint }
    context.addIssue({ code: 'custom', path: [name], params: { ...params } })
  }
})

/** A URL of this scheme, or of its form with TLS. */
function plainUrl(scheme: 'ws' | 'http') {
  const error = `expected ${scheme}://host… or ${scheme}s://host…, without a user and without a #fragment`
  return z.string({ error: 'expected a URL' }).refine(
    (value) => {
      if (!URL.canParse(value)) return false
      const { protocol, username, password, hash } = new URL(value)
      const isOfScheme = protocol === `${scheme}:` || protocol === `${scheme}s:`
      return isOfScheme && username === '' && password === '' && hash === ''
    },
    { error },
  )
}

const url = plainUrl('ws')

/** A file, or a mapping with `file` and its `encoding`. */
const feed = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? { file: value } : value))
  .pipe(
    z.strictObject({
      file: text.describe('path of the file'),
      encoding: z
        .string()
        .refine(isEncoding, { error: 'expected an encoding, such as utf-8, latin1 or windows-1250' })
        .optional()
        .describe('default: UTF-16 if the file begins with its byte order mark, else UTF-8'),
    }),
  )

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}

/** The name of a node as clients see it, or of another part. The name `generator` is reserved. */
const partName = z
  .string()
  .regex(/^(?!generator$|__)[\w.:@/-]{1,64}$/, { error: 'expected the name of a node, balancer or broker' })

const [firstKind, ...otherKinds] = Object.entries(protocols).map(([kind, { options }]) =>
  (options as unknown as z.ZodObject).extend({ kind: z.literal(kind) }),
)

/** A name, a module's path, or a mapping with `kind` or `module` and settings. */
const protocol = z
  .unknown()
  .transform((value, context): unknown => {
    if (typeof value !== 'string') return value
    if (MODULE_PATH.test(value)) return { kind: 'module', module: value }
    if ((names as readonly string[]).includes(value)) return { kind: value }
    const meant = nearest(value, names)
    context.issues.push(
      customIssue(value, {
        expected: `one of ${names.join(', ')}, or a module by its path, such as ./my-protocol.mjs`,
        ...(meant !== undefined && { hint: `did you mean "${meant}"?` }),
      }),
    )
    return z.NEVER
  })
  .pipe(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('reference') }),
      firstKind!,
      ...otherKinds,
      z.strictObject({
        kind: z.literal('module').default('module'),
        module: z.string().regex(MODULE_PATH, { error: 'expected a path' }),
        options: z.record(z.string(), z.unknown()).default({}),
      }),
    ]),
  )

/** Why no JSON message can come before the subscription is confirmed; null if one can. */
function noMessageBefore(given: z.output<typeof protocol>): string | null {
  const {
    kind,
    subscribed,
    handshake = {},
  } = given as { readonly kind: string; readonly subscribed?: unknown; readonly handshake?: object }
  if (kind === 'mqtt' || kind === 'stomp')
    return `${kind} has no JSON message before the subscription is confirmed`
  if (kind === 'json' && !subscribed && Object.keys(handshake).length === 0)
    return 'without protocol.subscribed no message comes before the subscription counts as confirmed'
  return null
}

/** `target:`, a cluster that is already running. */
export const targetSchema = z
  .strictObject({
    url: url.optional().describe('ws:// or wss:// URL that clients connect to'),
    urls: z
      .array(
        z.strictObject({
          url: url.describe('ws:// or wss:// URL'),
          weight: quantity(count, { from: '1', to: '100' })
            .prefault(1)
            .describe('share of the clients, relative to the other URLs'),
        }),
      )
      .min(1)
      .max(100)
      .optional()
      .describe('several URLs, in place of url, each with its share of the clients'),
    protocol: protocol
      .prefault('reference')
      .describe(
        `${names.join(', ')}, or the path of a module; or a mapping with kind or module, and settings`,
      ),
    headers,
    cookies: templates('cookies of the WebSocket handshake'),
    query: templates('query parameters added to the URL'),
    subprotocols: z
      .array(text)
      .optional()
      .describe(
        'subprotocols offered in the handshake; default: those of the protocol; may contain the same placeholders as headers',
      ),
    compression: flag('offer permessage-deflate'),
    tls: z
      .strictObject({
        ca: text.optional().describe('PEM file of the CA to trust; default: the CAs that come with Node.js'),
        cert: text.optional().describe('PEM file of the client certificate'),
        key: text.optional().describe('PEM file of the key of the client certificate'),
        serverName: text
          .optional()
          .describe('server name for SNI and for the check of the certificate; default: the host in the URL'),
        insecure: flag('accept any server certificate'),
      })
      .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
        error: 'expected cert and key together',
      })
      .prefault({})
      .describe('TLS settings of wss:// URLs'),
    feed: feed
      .optional()
      .describe(
        'one row of values for {feed:column} per client: CSV with a header, a JSON list of mappings, or one JSON mapping a line',
      ),
    node: z
      .strictObject({
        header: text.optional().describe('response header of the handshake that names the node'),
        cookie: text.optional().describe('cookie set in the handshake that names the node'),
        message: text
          .optional()
          .describe('field of a JSON message that names the node, sent before the subscription is confirmed'),
      })
      .refine((from) => Object.values(from).filter((value) => value !== undefined).length === 1, {
        error: 'expected exactly one of header, cookie, message',
      })
      .optional()
      .describe('how a client finds out which node it is connected to'),
    stats: z
      .record(partName, plainUrl('http'))
      .refine((parts) => Object.keys(parts).length <= MOST_PARTS, { error: `expected at most ${MOST_PARTS}` })
      .default({})
      .describe('URLs of Prometheus metrics by the name of the node, balancer or broker; read every second'),
    iOwnThis: flag('confirms that you may load this server: lifts the limits for third parties'),
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
  .describe('a running cluster to test in place of the bundled one')

export type Target = z.output<typeof targetSchema>

/** All URLs that clients connect to. */
export function urlsOf({ url, urls }: Pick<Target, 'url' | 'urls'>): string[] {
  return urls?.map((weighted) => weighted.url) ?? (url === undefined ? [] : [url])
}
