import { setupError, type WsbenchError } from '../../base/errors.js'
import { type ProtocolName, protocols } from '../../protocols/index.js'
import { type RefusalStage, refusalWords } from '../../results/refusals.js'
import { presentable } from '../refusals.js'
import { extensionsProblem } from '../wire/permessage-deflate.js'
import type { ResponseHead } from '../wire/response-head.js'

/** How the server refused a client or publisher before load. */
export interface ProbeRefusal {
  readonly stage: RefusalStage
  readonly kind: string
  readonly words: string
  /** Head of the handshake's response, if it refused. */
  readonly head: ResponseHead | null
}

interface Probed {
  /** The endpoint, without what may be secret. */
  readonly name: string
  readonly protocol: string
  readonly compression: boolean
}

/** Says why the endpoint refused, in the server's own words, and which setting to look at. */
export function probeError(
  { stage, kind, words, head }: ProbeRefusal,
  { name, protocol, compression }: Probed,
): WsbenchError {
  // When it was is said before.
  const said = refusalWords({ stage: 'any', kind, words: presentable(words) })
  return setupError(
    `target ${name}: ${stages[stage]}${said}`,
    hintOf({ stage, kind, head }, protocol, compression),
  )
}

const stages: Readonly<Record<RefusalStage, string>> = {
  connect: '',
  subscribe: 'a client connected, but was not subscribed: ',
  subscribed: 'a client was subscribed, and then: ',
  publish: 'a message was published, and then: ',
  any: '',
}

type Hinted = Pick<ProbeRefusal, 'stage' | 'kind' | 'head'>

function hintOf({ stage, kind, head }: Hinted, protocol: string, compression: boolean): string {
  const extensions = extensionsProblem(head?.headers.get('sec-websocket-extensions'), compression)
  if (kind === 'bad-handshake' && extensions !== null) return compression ? DEFLATE_HINT : EXTENSION_HINT
  if (stage === 'publish') return `check ${settingsOf(protocol, 'publish')}`
  if (stage !== 'connect') return subscribeHint(kind, settingsOf(protocol, 'subscribe'))
  if (/^http-3/.test(kind))
    return 'a WebSocket handshake is not redirected: set target.url to the address in Location'
  if (/^http-40[13]/.test(kind)) return `check the token or cookie in ${IDENTITY}`
  if (kind === 'http-404') return 'check the path of target.url'
  if (kind.startsWith('http-'))
    return `check the path of target.url, ${IDENTITY}${compression ? ' and target.compression' : ''}`
  return hints[kind] ?? 'check target.url'
}

const IDENTITY = 'target.headers, target.cookies, target.query'

function subscribeHint(kind: string, settings: string): string {
  if (kind === 'not-ready')
    return `no confirmation of the subscription arrived: does the server speak target.protocol? Check ${settings}`
  return `check ${settings}, and the token or cookie in ${IDENTITY}`
}

/** `target.protocol.auth, target.protocol.subscribe` */
function settingsOf(protocol: string, of: 'subscribe' | 'publish'): string {
  if (!Object.hasOwn(protocols, protocol)) return 'target.protocol'
  const names = protocols[protocol as ProtocolName].decisive?.[of] ?? []
  return names.map((name) => `target.protocol.${name}`).join(', ') || 'target.protocol'
}

const DEFLATE_HINT =
  'set the server to compress each message by itself (server_no_context_takeover), or remove target.compression'
const EXTENSION_HINT =
  'permessage-deflate is offered with target.compression: true; no other extension is ever offered'

const hints: Readonly<Record<string, string>> = {
  'bad-certificate': 'not issued by the trusted CA, or not for this host: see target.tls (ca, serverName)',
  'tls-failed':
    'the TLS handshake failed: does this port use TLS, and does it require a client certificate (target.tls.cert, key)?',
  'bad-handshake':
    'does a WebSocket server listen at target.url, and does a proxy before it pass the upgrade on?',
  'bad-subprotocol':
    'browsers fail such a handshake: set target.subprotocols to what the server speaks, or [] if it speaks none',
  refused: 'nothing listens on this port: is the server started?',
  timeout: 'the server did not answer the handshake: check target.url',
  closed:
    'the server ended the connection without an answer: check target.url, and whether this port uses TLS (wss)',
}
