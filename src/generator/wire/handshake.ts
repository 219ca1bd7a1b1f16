import { hash, randomFillSync } from 'node:crypto'
import type { EndpointTls } from '../../cluster/cluster.js'
import type { ConnectFailure } from '../../results/connect-failures.js'
import { DEFLATE_OFFER, extensionsProblem } from './permessage-deflate.js'
import type { ResponseHead } from './response-head.js'

export interface UpgradeRequest {
  readonly host: string
  readonly port: number
  readonly path: string
  /** Null or absent: plain TCP. */
  readonly tls?: EndpointTls | null
  /** Sent after the handshake's own headers; `Host` (case-insensitive) replaces it. */
  readonly headers?: Readonly<Record<string, string>>
  /** In order of preference. */
  readonly subprotocols?: readonly string[]
  /** Whether permessage-deflate is offered. */
  readonly offersDeflate?: boolean
  /** Value of the Cookie header. */
  readonly cookie?: string | undefined
}

const KEY_BYTES = 16
const randomPool = Buffer.alloc(256 * KEY_BYTES)
let nextKey = randomPool.length

/** A fresh Sec-WebSocket-Key. Random bytes are fetched for 256 keys at once: the system call costs more than the bytes. */
export function createKey(): string {
  if (nextKey === randomPool.length) {
    randomFillSync(randomPool)
    nextKey = 0
  }
  const start = nextKey
  nextKey += KEY_BYTES
  return randomPool.toString('base64', start, nextKey)
}

/** The request of the opening handshake (RFC 6455 §4.1), to be encoded as latin1. */
export function buildRequest(request: UpgradeRequest, key: string): string {
  let text =
    `GET ${request.path} HTTP/1.1\r\nHost: ${hostOf(request)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`
  if (request.subprotocols?.length) text += `Sec-WebSocket-Protocol: ${request.subprotocols.join(', ')}\r\n`
  if (request.offersDeflate) text += `Sec-WebSocket-Extensions: ${DEFLATE_OFFER}\r\n`
  if (request.cookie) text += `Cookie: ${request.cookie}\r\n`
  for (const name in request.headers) if (!isHost(name)) text += `${name}: ${request.headers[name]}\r\n`
  return `${text}\r\n`
}

/** Without the scheme's default port, because some servers route by the exact Host. */
function hostOf({ host, port, tls, headers = {} }: UpgradeRequest): string {
  const given = Object.keys(headers).find(isHost)
  if (given !== undefined) return headers[given]!
  const name = host.includes(':') ? `[${host}]` : host
  return port === (tls ? 443 : 80) ? name : `${name}:${port}`
}

function isHost(header: string): boolean {
  return header.length === 4 && header.toLowerCase() === 'host'
}

export interface HandshakeRefusal {
  readonly kind: ConnectFailure
  /** The server's, or which check of its answer failed. */
  readonly words: string
}

/** Why `head` does not accept the request that was sent with `key` (RFC 6455 §4.1, points 1 – 6), or null. */
export function refusalOf(
  head: ResponseHead,
  key: string,
  offered: Pick<UpgradeRequest, 'subprotocols' | 'offersDeflate'> = {},
): HandshakeRefusal | null {
  if (head.status !== 101) return { kind: `http-${head.status}`, words: statusWords(head) }
  const failed = failedCheck(head, key, offered.offersDeflate === true)
  if (failed !== null) return { kind: 'bad-handshake', words: failed }
  const words = subprotocolProblem(head.headers.get('sec-websocket-protocol'), offered.subprotocols)
  return words === null ? null : { kind: 'bad-subprotocol', words }
}

function failedCheck({ version, headers }: ResponseHead, key: string, offersDeflate: boolean): string | null {
  if (version !== '1.1') return `HTTP/${version} instead of 1.1`
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return wrong('Upgrade', headers, 'websocket')
  if (!hasToken(headers.get('connection'), 'upgrade')) return wrong('Connection', headers, 'Upgrade')
  if (headers.get('sec-websocket-accept') !== acceptOf(key))
    return wrong('Sec-WebSocket-Accept', headers, 'the answer to this Sec-WebSocket-Key')
  return extensionsProblem(headers.get('sec-websocket-extensions'), offersDeflate)
}

/** `Upgrade: h2c, expected websocket` */
function wrong(name: string, headers: ResponseHead['headers'], expected: string): string {
  const value = headers.get(name.toLowerCase())
  return `${value === undefined ? `no ${name}` : `${name}: ${value}`}, expected ${expected}`
}

/** Headers of a refusal that say why, or what to do instead. */
const telling = ['Location', 'WWW-Authenticate', 'Sec-WebSocket-Version', 'Retry-After']

function statusWords({ reason, headers }: ResponseHead): string {
  const told = telling.flatMap((name) => {
    const value = headers.get(name.toLowerCase())
    return value === undefined ? [] : [`${name}: ${value}`]
  })
  return [reason, ...told].filter((part) => part !== '').join('; ')
}

/** Why a browser would fail this answer to the subprotocols offered, or null: it chooses one of them, if there are any. */
function subprotocolProblem(chosen: string | undefined, offered: readonly string[] = []): string | null {
  if (chosen === undefined)
    return offered.length === 0
      ? null
      : `the server chose none of the subprotocols offered: ${offered.join(', ')}`
  if (offered.includes(chosen)) return null
  return `the server chose subprotocol ${chosen}, which was not offered`
}

function acceptOf(key: string): string {
  return hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64')
}

function hasToken(list: string | undefined, token: string): boolean {
  return list?.split(',').some((item) => item.trim().toLowerCase() === token) ?? false
}
