import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import type { Conversation, Outgoing, Peer } from './protocol.js'
import { readJson } from './read-json.js'
import { template, text, yes } from './settings.js'
import { fill, type Template } from './template.js'

interface CentrifugoOptions {
  readonly channel: string
  readonly data: Template
  readonly token: string
  readonly recover: boolean
}

/** https://centrifugal.dev/docs/transports/client_protocol in JSON. A frame may hold several commands or replies, one per line. */
export const centrifugo: ProtocolKind<CentrifugoOptions> = {
  summary: 'Centrifugo, and servers built on its library, in JSON',
  options: z.strictObject({
    channel: text.default('{channel}').describe('the name on the server; {channel} is filled in'),
    data: template.default({ text: '{payload}' }).describe('data of a publish; {channel}, {payload}'),
    token: text.default('').describe('sent with connect, as {env:NAME} or {feed:column}'),
    recover: yes.default(true).describe('ask for missed messages on a reconnect'),
  }),
  decisive: { subscribe: ['token', 'channel'], publish: ['channel', 'data'] },
  placeholders: { channel: ['channel'], data: ['channel', 'payload'] },
  create: (options) => ({ start: (peer) => new CentrifugoConversation(options, peer) }),
}

interface Publication {
  readonly offset?: number
}

interface Reply {
  readonly id: number
  readonly error: { readonly code?: unknown; readonly message?: unknown }
  readonly connect: { readonly pong?: boolean }
  readonly subscribe: {
    readonly recoverable?: boolean
    readonly recovered?: boolean
    readonly epoch?: string
    readonly offset?: number
    /** Missed messages, oldest first; `offset` is the position before them. */
    readonly publications?: readonly Publication[]
  }
  readonly push: {
    readonly channel?: string
    readonly pub?: Publication
    readonly unsubscribe?: { readonly code?: unknown; readonly reason?: unknown }
  }
}

/** Ids of commands: connect has this one, then come one per channel, then the publishes by sequence. */
const CONNECT = 1

class CentrifugoConversation implements Conversation {
  #answersPings = false
  #isPositioned = false
  #isRecovered = true
  /** Channels not subscribed yet. */
  #left: number

  constructor(
    readonly options: CentrifugoOptions,
    readonly peer: Peer,
  ) {
    this.#left = peer.channels.length
  }

  open(): void {
    const { token } = this.options
    this.#send(CONNECT, { connect: token === '' ? {} : { token } })
  }

  text(frame: string): void {
    for (const line of frame.split('\n')) {
      const reply = readJson<Reply>(line)
      if (reply !== null) this.#take(reply)
    }
  }

  /** A frame with messages may also move the position, or contain replies. */
  message(bytes: Buffer): void {
    if (this.#isPositioned || bytes.includes('"id":')) this.text(bytes.toString())
  }

  publish({ channel, payload, sequence }: Outgoing): boolean {
    const data = fill(this.options.data, { channel, payload })
    const id = CONNECT + this.peer.channels.length + sequence
    return this.#send(id, { publish: { channel: this.#nameOf(channel), data } })
  }

  #take(reply: Partial<Reply>): void {
    const { id, error, connect, subscribe, push } = reply
    if (push) this.#onPush(push)
    else if (id === undefined) this.#onPing()
    else if (id > CONNECT + this.peer.channels.length) {
      this.#onPublished(id - CONNECT - this.peer.channels.length, error)
    } else if (connect) this.#onConnected(connect)
    else if (subscribe) this.#onSubscribed(this.peer.channels[id - CONNECT - 1]!, subscribe)
    else this.peer.fail(error && errorWords(error))
  }

  #onPublished(sequence: number, error: Reply['error'] | undefined): void {
    if (error) this.peer.refused(sequence, errorWords(error))
    else this.peer.acked(sequence)
  }

  #onPing(): void {
    if (this.#answersPings) this.peer.send('{}')
  }

  #onConnected({ pong }: Reply['connect']): void {
    this.#answersPings = pong === true
    if (this.#left === 0) this.peer.ready()
    for (const [index, channel] of this.peer.channels.entries()) {
      const epoch = this.peer.memory.get(`epoch ${this.#nameOf(channel)}`)
      const offset = Number(this.peer.memory.get(`offset ${this.#nameOf(channel)}`))
      const since = epoch === undefined ? {} : { recover: true, epoch, offset }
      const request = this.options.recover ? { recoverable: true, ...since } : {}
      this.#send(CONNECT + 1 + index, { subscribe: { channel: this.#nameOf(channel), ...request } })
    }
  }

  #onSubscribed(
    channel: string,
    { recoverable, recovered, epoch, offset, publications }: Reply['subscribe'],
  ) {
    const name = this.#nameOf(channel)
    if (recovered !== true) this.#isRecovered = false
    if (recoverable === true && this.options.recover) {
      this.#isPositioned = true
      this.peer.memory.set(`epoch ${name}`, epoch ?? '')
      this.#moveTo(name, offset ?? 0)
      this.#moveTo(name, publications?.at(-1)?.offset)
    }
    this.#left -= 1
    if (this.#left === 0) this.peer.ready(this.#isRecovered)
  }

  #onPush({ channel = '', pub, unsubscribe }: Reply['push']): void {
    if (pub && this.#isPositioned) this.#moveTo(channel, pub.offset)
    if (unsubscribe) this.peer.fail(`unsubscribed from ${channel}: ${unsubscribe.code} ${unsubscribe.reason}`)
  }

  #moveTo(name: string, offset: number | undefined): void {
    if (offset !== undefined) this.peer.memory.set(`offset ${name}`, String(offset))
  }

  #nameOf(channel: string): string {
    return this.options.channel.replaceAll('{channel}', channel)
  }

  #send(id: number, command: object): boolean {
    return this.peer.send(JSON.stringify({ id, ...command }))
  }
}

/** `error 103: permission denied` */
function errorWords({ code, message }: Reply['error']): string {
  return `error ${code}: ${message}`
}
