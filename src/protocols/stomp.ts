import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import { PacketError, PacketStream } from './packet-stream.js'
import type { Conversation, Outgoing, Peer } from './protocol.js'
import { MAX_MESSAGE_BYTES } from './reference.js'
import { template, text, yes } from './settings.js'
import { fill, type Template } from './template.js'

interface StompOptions {
  readonly host: string
  readonly login: string
  readonly passcode: string
  readonly subscribe: string
  readonly publish: string
  readonly body: Template
  readonly receipts: boolean
}

/** https://stomp.github.io/stomp-specification-1.2.html, without heart-beats. */
export const stomp: ProtocolKind<StompOptions> = {
  summary: 'STOMP 1.2, with receipts as acks',
  options: z.strictObject({
    host: text.default('/').describe('virtual host'),
    login: text.default(''),
    passcode: text.default('').describe('as {env:NAME}'),
    subscribe: text.default('/topic/{channel}').describe('destination; {channel} is filled in'),
    publish: text.default('/topic/{channel}').describe('destination of a message; {channel}'),
    body: template
      .default('{payload}')
      .describe('{channel}, {payload}; a mapping is sent as application/json'),
    receipts: yes
      .default(true)
      .describe('request receipts; false: subscribed once sent, and nothing is acked'),
  }),
  decisive: { subscribe: ['login', 'passcode', 'host', 'subscribe'], publish: ['publish', 'body'] },
  placeholders: { subscribe: ['channel'], publish: ['channel'], body: ['channel', 'payload'] },
  create: (options) => ({
    subprotocols: ['v12.stomp'],
    start: (peer) => new StompConversation(options, peer),
  }),
}

/** Receipt ids: `s0`, … for subscriptions, `p<sequence>` for messages. */
const SUBSCRIPTION = 's'
const SENT = 'p'

/** The longest message, with its headers. */
const MAX_FRAME_BYTES = MAX_MESSAGE_BYTES + 65_536
const [NUL, LINE_FEED, CARRIAGE_RETURN] = [0x00, 0x0a, 0x0d]
const CONTENT_LENGTH = Buffer.from('\ncontent-length:')

class StompConversation implements Conversation {
  readonly #frames = new PacketStream(endOfFrame, MAX_FRAME_BYTES)
  /** Subscriptions not confirmed yet. */
  #left: number

  constructor(
    readonly options: StompOptions,
    readonly peer: Peer,
  ) {
    this.#left = peer.channels.length
  }

  open(): void {
    const { host, login, passcode } = this.options
    const credentials = { ...(login === '' ? {} : { login }), ...(passcode === '' ? {} : { passcode }) }
    const headers = { 'accept-version': '1.2', 'heart-beat': '0,0', host, ...credentials }
    this.peer.send(frame('CONNECT', headers, '', (value) => value))
  }

  stream(bytes: Buffer): void {
    this.#frames.push(bytes, this.peer)
  }

  binary(frame: Buffer): void {
    const text = frame.toString().trimStart()
    const head = text.split(/\r?\n\r?\n/, 1)[0]!
    const [command, ...headers] = head.split(/\r?\n/)
    if (command === 'CONNECTED') this.#subscribe()
    else if (command === 'ERROR') this.peer.fail(errorWords(headers, text.slice(head.length)))
    else if (command === 'RECEIPT') this.#onReceipt(headers)
  }

  publish({ channel, payload, sequence }: Outgoing): boolean {
    const { publish, body, receipts } = this.options
    const filled = fill(body, { channel, payload })
    const sent = typeof filled === 'string' ? filled : JSON.stringify(filled)
    const headers = {
      destination: publish.replaceAll('{channel}', channel),
      'content-type': typeof filled === 'string' ? 'text/plain' : 'application/json',
      'content-length': String(Buffer.byteLength(sent)),
      ...(receipts ? { receipt: `${SENT}${sequence}` } : {}),
    }
    return this.peer.send(frame('SEND', headers, sent))
  }

  #subscribe(): void {
    const { subscribe, receipts } = this.options
    for (const [index, channel] of this.peer.channels.entries()) {
      const id = `${SUBSCRIPTION}${index}`
      const destination = subscribe.replaceAll('{channel}', channel)
      const receipt = receipts ? { receipt: id } : {}
      this.peer.send(frame('SUBSCRIBE', { id, destination, ack: 'auto', ...receipt }))
    }
    if (this.#left === 0 || !receipts) this.peer.ready()
  }

  #onReceipt(headers: readonly string[]): void {
    const id = headers.find((header) => header.startsWith('receipt-id:'))?.slice('receipt-id:'.length) ?? ''
    if (id.startsWith(SENT)) this.peer.acked(Number(id.slice(SENT.length)))
    if (!id.startsWith(SUBSCRIPTION)) return
    this.#left -= 1
    if (this.#left === 0) this.peer.ready()
  }
}

/** As the official client reads them: by content-length where that is given, else up to the NUL. Line ends may stand before. */
function endOfFrame(bytes: Buffer, from: number): number {
  let start = from
  while (bytes[start] === LINE_FEED || bytes[start] === CARRIAGE_RETURN) start += 1
  if (start === bytes.length) return start
  const body = startOfBody(bytes, start)
  if (body < 0) return -1
  const header = bytes.indexOf(CONTENT_LENGTH, start)
  if (header < 0 || header >= body) {
    const end = bytes.indexOf(NUL, body)
    return end < 0 ? -1 : end + 1
  }
  const end = body + Number.parseInt(bytes.toString('latin1', header + CONTENT_LENGTH.length, body), 10)
  if (!(end >= body) || (end < bytes.length && bytes[end] !== NUL))
    throw new PacketError(1002, 'a STOMP frame that does not end after its content-length')
  return end + 1
}

/** After the empty line that ends the headers; −1: it did not come yet. */
function startOfBody(bytes: Buffer, from: number): number {
  for (let line = bytes.indexOf(LINE_FEED, from); line >= 0; line = bytes.indexOf(LINE_FEED, line + 1)) {
    if (bytes[line + 1] === LINE_FEED) return line + 2
    if (bytes[line + 1] === CARRIAGE_RETURN && bytes[line + 2] === LINE_FEED) return line + 3
  }
  return -1
}

/** `ERROR: Bad CONNECT; Access refused for user 'ann'`: the header `message`, and the body. */
function errorWords(headers: readonly string[], body: string): string {
  const message = headers.find((header) => header.startsWith('message:'))?.slice('message:'.length) ?? ''
  return `ERROR: ${[message, body.replace(/\0.*$/s, '').trim()].filter((part) => part !== '').join('; ')}`
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', ':': '\\c', '\n': '\\n', '\r': '\\r' }

/** Header values are escaped in all frames except CONNECT. */
function escaped(value: string): string {
  return value.replace(/[\\:\n\r]/g, (character) => escapes[character]!)
}

function frame(
  command: string,
  headers: Readonly<Record<string, string>>,
  body = '',
  encode: (value: string) => string = escaped,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${encode(value)}`)
  return `${[command, ...lines].join('\n')}\n\n${body}\0`
}
