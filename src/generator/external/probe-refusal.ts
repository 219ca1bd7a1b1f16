import { setupError, type WsbenchError } from '../../base/errors.js'
import { extensionsProblem } from '../wire/permessage-deflate.js'
import type { ResponseHead } from '../wire/response-head.js'

/** What came of one connection to an endpoint. */
export interface Probed {
  /** Null: it is as it should be. */
  readonly failure: string | null
  /** Of the handshake's answer, if one came. */
  readonly head: ResponseHead | null
}

/** The setupError that says why the endpoint of this name won't have us; null: it will. */
export function probeRefusal(
  { failure, head }: Probed,
  name: string,
  compression: boolean,
): WsbenchError | null {
  if (failure === null) return null
  const problem = extensionsProblem(head?.headers.get('sec-websocket-extensions'), compression)
  if (failure === 'bad-handshake' && problem !== null)
    return setupError(`target ${name}: ${failure}, ${problem}`, compression ? DEFLATE_HINT : EXTENSION_HINT)
  return setupError(`target ${name}: ${failure}`, hintOf(failure, compression))
}

const DEFLATE_HINT =
  'have the server compress each message by itself (server_no_context_takeover), or leave target.compression out'
const EXTENSION_HINT =
  'permessage-deflate is offered with target.compression: true, and no other extension ever'

function hintOf(failure: string, compression: boolean): string {
  if (!failure.startsWith('http-')) return hints[failure] ?? 'check target.url'
  return `the server refused the handshake: path, token${compression ? ', compression' : ''}?`
}

const hints: Readonly<Record<string, string>> = {
  'bad-certificate': 'not by the CA to trust, or not for that host: see target.tls (ca, serverName)',
  'tls-failed':
    'the TLS handshake: does the server want a client certificate (target.tls.cert and key), and does it speak TLS there?',
  refused: 'nobody listens there: is it started?',
  timeout: 'no answer within clients.connectTimeout',
  'not-ready': 'the handshake went well, but the protocol did not: does the server speak target.protocol?',
}
