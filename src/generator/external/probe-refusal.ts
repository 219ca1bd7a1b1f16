import { setupError, type WsbenchError } from '../../base/errors.js'
import { escapeText } from '../../base/escape.js'
import { subprotocolProblem } from '../wire/handshake.js'
import { extensionsProblem } from '../wire/permessage-deflate.js'
import type { ResponseHead } from '../wire/response-head.js'

/** What one connection to an endpoint came to. */
export interface Probed {
  /** Null: the connection succeeded. */
  readonly failure: string | null
  /** Head of the handshake's response, if one was received. */
  readonly head: ResponseHead | null
  /** The subprotocols that were offered. */
  readonly offered?: readonly string[]
}

/** A setupError that says why the endpoint rejected the connection, or null. */
export function probeRefusal(
  { failure, head, offered }: Probed,
  name: string,
  compression: boolean,
): WsbenchError | null {
  if (failure === null) return null
  const problem = extensionsProblem(head?.headers.get('sec-websocket-extensions'), compression)
  if (failure === 'bad-handshake' && problem !== null)
    return setupError(`target ${name}: ${failure}: ${problem}`, compression ? DEFLATE_HINT : EXTENSION_HINT)
  const chosen = subprotocolProblem(head?.headers.get('sec-websocket-protocol'), offered)
  if (failure === 'bad-handshake' && chosen !== null)
    return setupError(`target ${name}: ${failure}: ${escapeText(chosen)}`, SUBPROTOCOL_HINT)
  return setupError(`target ${name}: ${failure}`, hintOf(failure, compression))
}

const DEFLATE_HINT =
  'set the server to compress each message by itself (server_no_context_takeover), or remove target.compression'
const EXTENSION_HINT =
  'permessage-deflate is offered with target.compression: true; no other extension is ever offered'

const SUBPROTOCOL_HINT =
  'browsers fail such a handshake: set target.subprotocols to what the server speaks, or [] if it speaks none'

function hintOf(failure: string, compression: boolean): string {
  if (!failure.startsWith('http-')) return hints[failure] ?? 'check target.url'
  return `the server refused the handshake: check path, token${compression ? ' and compression' : ''}`
}

const hints: Readonly<Record<string, string>> = {
  'bad-certificate': 'not issued by the trusted CA, or not for this host: see target.tls (ca, serverName)',
  'tls-failed':
    'the TLS handshake failed: does this port use TLS, and does it require a client certificate (target.tls.cert, key)?',
  refused: 'nothing listens on this port: is the server started?',
  timeout: 'no answer within clients.connectTimeout',
  'not-ready':
    'the handshake succeeded, but no subscription followed: does the server speak target.protocol?',
}
