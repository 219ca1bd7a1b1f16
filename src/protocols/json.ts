import { z } from 'zod'
import { quantity } from '../base/fields.js'
import { formatDuration } from '../base/format.js'
import { duration } from '../base/quantity.js'
import type { ProtocolKind } from './kind.js'
import { Frame, type Pattern, patternOf, valueAt } from './pattern.js'
import type { Conversation, Outgoing, Peer, Protocol } from './protocol.js'
import { template, text, yes } from './settings.js'
import { fill, type Template } from './template.js'

interface Step {
  readonly send: Template
  readonly expect: Template
  /** Where in the expected frame each value is, by its name. */
  readonly take: Readonly<Record<string, string>>
}

interface JsonOptions {
  readonly handshake: readonly Step[]
  readonly subscribe: Template
  readonly subscribed: Template
  readonly rejected: Template
  readonly publishersSubscribe: boolean
  readonly publish: Template
  readonly acked: Template
  readonly refused: Template
  readonly ping: { readonly every: number; readonly send: Template; readonly expect: Template } | undefined
  readonly pong: { readonly on: Template; readonly send: Template } | undefined
  readonly separator: string
}

/** What a frame must have; see pattern.ts. */
const pattern = template

const takes = z.record(
  z.string().regex(/^[A-Za-z]\w*$/, { error: 'expected a name of letters, digits and _, a letter first' }),
  text.regex(/^[^.[\]]+(?:\.[^.[\]]+|\[\d+\])*$/, {
    error: 'expected a path, such as user.id or rooms[0].id',
  }),
)

const step = z
  .strictObject({
    send: template.default(null).describe('sent first'),
    expect: template.default(null).describe('what the answer must have; the next step waits for it'),
    take: takes.default({}).describe('values of the answer by their paths, for {taken:name}'),
  })
  .refine(({ send, expect }) => isSet(send) || isSet(expect), { error: 'expected send or expect' })
  .refine(({ expect, take }) => isSet(expect) || Object.keys(take).length === 0, {
    error: 'expected expect, the answer that the values are taken from',
  })

const answer = (what: string) =>
  template
    .refine((given) => given === null || /\{(?:sequence|id)\}/.test(JSON.stringify(given)), {
      error: 'expected {sequence} or {id}, which says which message is meant',
    })
    .default(null)
    .describe(what)

/** Servers with a JSON or text protocol of their own. A message that its publisher gets back is acked by that. */
export const json: ProtocolKind<JsonOptions> = {
  summary: 'any server with a text frame to subscribe and one to publish',
  options: z.strictObject({
    handshake: z
      .array(step, { error: 'expected a list of steps, { send, expect, take }' })
      .default([])
      .describe('steps after the connect, of clients and of publishers: send, expect, take'),
    subscribe: template.default(null).describe('sent for each channel; {channel} is filled in'),
    subscribed: template
      .default(null)
      .describe('what the frame that confirms it has; default: confirmed once sent'),
    rejected: template
      .default(null)
      .describe('what a frame has that refuses the client before it is subscribed'),
    publishersSubscribe: yes
      .default(false)
      .describe('publishers subscribe to their channel before they publish'),
    publish: template
      .default('{payload}')
      .describe('sent for each message; {channel}, {payload}, {sequence}, {id}'),
    acked: answer('what the frame that confirms a message has; {sequence} or {id}'),
    refused: answer('what the frame that refuses a message has; {sequence} or {id}'),
    ping: z
      .strictObject({
        every: quantity(duration, { from: '100ms', to: '1h' }).prefault('30s').describe('interval'),
        send: template.describe('sent once in every'),
        expect: template
          .default(null)
          .describe('what its answer has; without it by the next ping, the connection ends'),
      })
      .optional()
      .describe('heartbeat of the client'),
    pong: z
      .strictObject({
        on: template.describe('what a heartbeat of the server has'),
        send: template.describe('the answer to it'),
      })
      .optional()
      .describe('answer to the heartbeats of the server'),
    separator: text.default('').describe('ends every frame that is sent, and divides those that come'),
  }) as unknown as z.ZodType<JsonOptions>,
  decisive: {
    subscribe: ['handshake', 'subscribe', 'subscribed'],
    publish: ['publish', 'publishersSubscribe'],
  },
  placeholders: {
    handshake: ['channel', 'any', 'taken'],
    subscribe: ['channel', 'taken'],
    subscribed: ['channel', 'any', 'taken'],
    rejected: ['any'],
    publish: ['channel', 'payload', 'sequence', 'id', 'taken'],
    acked: ['sequence', 'id', 'any'],
    refused: ['sequence', 'id', 'any'],
    'ping.send': ['channel', 'taken'],
    'ping.expect': ['any'],
    'pong.send': ['channel', 'taken'],
    'pong.on': ['any'],
  },
  ofConnection: ['handshake', 'ping', 'pong'],
  takenBy: ({ handshake }) => handshake.flatMap(({ take }) => Object.keys(take)),
  create: (options) => new JsonProtocol(options),
}

/** The settings of `json`, with the patterns that are the same for every connection. */
class JsonProtocol implements Protocol {
  readonly answersByAck: boolean
  readonly rejected: Pattern | null
  readonly acked: Pattern | null
  readonly refused: Pattern | null
  readonly pongOn: Pattern | null
  readonly pingAnswer: Pattern | null
  /** Whether frames without a message matter to a client that is ready. */
  readonly isListening: boolean

  constructor(readonly options: JsonOptions) {
    const { rejected, acked, refused, ping, pong } = options
    this.rejected = optional(rejected)
    this.acked = optional(acked)
    this.refused = optional(refused)
    this.pongOn = optional(pong?.on)
    this.pingAnswer = optional(ping?.expect)
    this.answersByAck = this.acked !== null
    this.isListening = [this.acked, this.refused, this.pongOn, this.pingAnswer].some(
      (found) => found !== null,
    )
  }

  start(peer: Peer): Conversation {
    return new JsonConversation(this, peer)
  }
}

/** A connection goes through the steps, subscribes, is ready once all subscriptions are confirmed, and then publishes. */
class JsonConversation implements Conversation {
  /** Number of the step whose answer is awaited; beyond the last: all are done. */
  #step = 0
  #expected: Pattern | null = null
  /** Confirmations of subscriptions that have not come yet. */
  readonly #awaited = new Set<Pattern>()
  #isReady = false
  /** For templates: values taken, and the channel if there is only one. */
  readonly #values: Record<string, string> = {}
  #pings: NodeJS.Timeout | undefined
  #isPingUnanswered = false

  constructor(
    readonly protocol: JsonProtocol,
    readonly peer: Peer,
  ) {
    const [channel] = [...peer.channels, ...peer.publishes]
    if (channel !== undefined) this.#values.channel = channel
  }

  open(): void {
    this.#proceed()
  }

  text(text: string): void {
    if (this.#isReady && !this.protocol.isListening) return
    const { separator } = this.protocol.options
    const parts = separator === '' ? [text] : text.split(separator).filter(Boolean)
    for (const part of parts) this.#hear(new Frame(part))
  }

  /** A frame with messages may also be an answer; of one that is divided, a part may be. */
  message(bytes: Buffer): void {
    if (!this.#isReady || this.protocol.options.separator !== '') this.text(bytes.toString())
  }

  close(): void {
    clearInterval(this.#pings)
  }

  publish({ channel, payload, sequence }: Outgoing): boolean {
    const id = `${this.peer.uniqueId}-${sequence}`
    return this.#send(this.protocol.options.publish, { channel, payload, sequence, id })
  }

  /** Sends the steps up to the next one that waits for an answer. */
  #proceed(): void {
    const { handshake } = this.protocol.options
    for (; this.#step < handshake.length; this.#step += 1) {
      const { send, expect } = handshake[this.#step]!
      if (isSet(send)) this.#send(send)
      if (!isSet(expect)) continue
      this.#expected = patternOf(fill(expect, this.#values))
      return
    }
    this.#subscribe()
  }

  #subscribe(): void {
    const { subscribe, subscribed, publishersSubscribe } = this.protocol.options
    const { channels, publishes } = this.peer
    for (const channel of channels.length === 0 && publishersSubscribe ? publishes : channels) {
      if (isSet(subscribe)) this.#send(subscribe, { channel })
      if (isSet(subscribed)) this.#awaited.add(patternOf(fill(subscribed, { ...this.#values, channel })))
    }
    this.#checkReady()
  }

  #hear(frame: Frame): void {
    const { pongOn, pingAnswer, options } = this.protocol
    if (pongOn?.(frame) != null) this.#send(options.pong!.send)
    if (pingAnswer?.(frame) != null) this.#isPingUnanswered = false
    if (this.#isReady) this.#hearAnswer(frame)
    else if (this.protocol.rejected?.(frame) != null) this.peer.fail(frame.text)
    else if (this.#expected !== null) this.#hearStep(frame)
    else this.#hearSubscribed(frame)
  }

  #hearStep(frame: Frame): void {
    if (this.#expected?.(frame) == null) return
    const { take } = this.protocol.options.handshake[this.#step]!
    for (const [name, path] of Object.entries(take)) {
      const value = valueAt(frame.json, path)
      if (value === undefined) {
        this.peer.fail(`no ${path} in ${frame.text}`)
        return
      }
      this.peer.conceal(value)
      this.#values[`taken:${name}`] = value
    }
    this.#expected = null
    this.#step += 1
    this.#proceed()
  }

  #hearSubscribed(frame: Frame): void {
    for (const confirms of this.#awaited) if (confirms(frame) !== null) this.#awaited.delete(confirms)
    this.#checkReady()
  }

  /** To a message that this connection published. */
  #hearAnswer(frame: Frame): void {
    const { acked, refused } = this.protocol
    const refusedSequence = this.#sequenceIn(refused?.(frame))
    if (refusedSequence !== null) {
      this.peer.refused(refusedSequence, frame.text)
      return
    }
    const ackedSequence = this.#sequenceIn(acked?.(frame))
    if (ackedSequence !== null) this.peer.acked(ackedSequence)
  }

  #sequenceIn(found: string | null | undefined): number | null {
    if (found == null) return null
    const digits = found.startsWith(`${this.peer.uniqueId}-`)
      ? found.slice(this.peer.uniqueId.length + 1)
      : found
    return /^\d{1,15}$/.test(digits) ? Number(digits) : null
  }

  #checkReady(): void {
    if (this.#awaited.size > 0 || this.#isReady) return
    this.#isReady = true
    const { ping } = this.protocol.options
    if (ping !== undefined) this.#pings = setInterval(() => this.#ping(ping.every), ping.every).unref()
    this.peer.ready()
  }

  #ping(everyMs: number): void {
    if (this.#isPingUnanswered) {
      this.peer.fail(`no answer to a ping within ${formatDuration(everyMs)}`)
      return
    }
    this.#isPingUnanswered = this.protocol.pingAnswer !== null
    this.#send(this.protocol.options.ping!.send)
  }

  #send(frame: Template, more: Readonly<Record<string, string | number>> = {}): boolean {
    return this.peer.send(textOf(fill(frame, { ...this.#values, ...more })) + this.protocol.options.separator)
  }
}

function isSet(template: Template): boolean {
  return template !== null && template !== ''
}

function optional(template: Template | undefined): Pattern | null {
  return template === undefined || !isSet(template) ? null : patternOf(template)
}

/** A template that is a single string is sent as text, and not as JSON. */
function textOf(value: Template): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
