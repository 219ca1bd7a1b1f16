import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import type { Conversation, Outgoing, Peer } from './protocol.js'
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
  create: (options) => ({
    subprotocols: ['v12.stomp'],
    start: (peer) => new StompConversation(options, peer),
  }),
}

/** Receipt ids: `s0`, … for subscriptions, `p<sequence>` for messages. */
const SUBSCRIPTION = 's'
const SENT = 'p'

class StompConversation implements Conversation {
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

  binary(bytes: Buffer): void {
    this.text(bytes.toString())
  }

  text(frames: string): void {
    for (const each of frames.split('\0')) {
      const [command, ...headers] = each
        .trimStart()
        .split(/\r?\n\r?\n/, 1)[0]!
        .split(/\r?\n/)
      if (command === 'CONNECTED') this.#subscribe()
      else if (command === 'ERROR') this.peer.fail()
      else if (command === 'RECEIPT') this.#onReceipt(headers)
    }
  }

  /** A receipt may share a WebSocket frame with a message. */
  message(bytes: Buffer): void {
    if (bytes.includes('RECEIPT\n')) this.text(bytes.toString())
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
