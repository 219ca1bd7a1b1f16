import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import type { Conversation, Outgoing, Peer } from './protocol.js'
import { readJson } from './read-json.js'
import { template, text } from './settings.js'
import { fill, type Template } from './template.js'

interface PhoenixOptions {
  readonly topic: string
  readonly join: Template
  readonly event: string
  readonly push: Template
}

/** https://hexdocs.pm/phoenix/writing_a_channels_client.html. A frame is `[join_ref, ref, topic, event, payload]`. */
export const phoenix: ProtocolKind<PhoenixOptions> = {
  summary: 'Phoenix channels, V2 serializer',
  options: z.strictObject({
    topic: text.default('room:{channel}').describe('{channel} is filled in'),
    join: template.default({}).describe('payload of phx_join'),
    event: text.default('new_msg').describe('event of a push'),
    push: template.default({ body: '{payload}' }).describe('payload of a push; {channel}, {payload}'),
  }),
  decisive: { subscribe: ['topic', 'join'], publish: ['event', 'push'] },
  placeholders: { topic: ['channel'], join: ['channel'], push: ['channel', 'payload'] },
  create: (options) => ({
    query: { vsn: '2.0.0' },
    start: (peer) => new PhoenixConversation(options, peer),
  }),
}

/** Phoenix closes a connection that is silent for 60 s. */
const HEARTBEAT_MS = 30_000
/** Refs: joins `j1`, …; pushes `p<sequence>`; heartbeats `h`. Replies repeat them. */
const PUSH = 'p'

type Reply = [
  joinRef: unknown,
  ref: unknown,
  topic: string,
  event: string,
  payload: { status?: string; response?: unknown },
]

class PhoenixConversation implements Conversation {
  #heartbeat: NodeJS.Timeout | undefined
  /** By topic: ref of its join. */
  readonly #joins = new Map<string, string>()
  /** Channels not joined yet. */
  #left: number

  constructor(
    readonly options: PhoenixOptions,
    readonly peer: Peer,
  ) {
    this.#left = peer.channels.length
  }

  open(): void {
    this.#heartbeat = setInterval(() => this.#send(null, 'h', 'phoenix', 'heartbeat', {}), HEARTBEAT_MS)
    this.#heartbeat.unref()
    for (const channel of this.peer.channels) this.#join(channel)
    if (this.#left === 0) this.peer.ready()
  }

  close(): void {
    clearInterval(this.#heartbeat)
  }

  text(frame: string): void {
    const { 0: joinRef, 1: ref, 3: event, 4: payload } = readJson<Reply>(frame) ?? {}
    const isOk = payload?.status === 'ok'
    if (event === 'phx_error' || event === 'phx_close') this.peer.fail(event)
    else if (event !== 'phx_reply') return
    else if (ref === joinRef) this.#onJoined(isOk, reasonOf(payload?.response))
    else if (typeof ref === 'string' && ref.startsWith(PUSH))
      this.#onPushed(ref, isOk, reasonOf(payload?.response))
  }

  /** The reply to a join may contain messages. */
  message(bytes: Buffer): void {
    if (this.#left > 0) this.text(bytes.toString())
  }

  /** Joins first if need be: a push needs a join, and the server handles both in order. */
  publish({ channel, payload, sequence }: Outgoing): boolean {
    const { event, push } = this.options
    const topic = this.#topicOf(channel)
    const joinRef = this.#joins.get(topic) ?? this.#join(channel)
    return this.#send(joinRef, `${PUSH}${sequence}`, topic, event, fill(push, { channel, payload }))
  }

  #join(channel: string): string {
    const topic = this.#topicOf(channel)
    const ref = `j${this.#joins.size + 1}`
    this.#joins.set(topic, ref)
    this.#send(ref, ref, topic, 'phx_join', fill(this.options.join, { channel }))
    return ref
  }

  #onJoined(isOk: boolean, reason: string): void {
    this.#left -= 1
    if (!isOk) this.peer.fail(`join refused: ${reason}`)
    else if (this.#left === 0) this.peer.ready()
  }

  #onPushed(ref: string, isOk: boolean, reason: string): void {
    const sequence = Number(ref.slice(PUSH.length))
    if (isOk) this.peer.acked(sequence)
    else this.peer.refused(sequence, reason)
  }

  #topicOf(channel: string): string {
    return this.options.topic.replaceAll('{channel}', channel)
  }

  #send(joinRef: string | null, ref: string, topic: string, event: string, payload: Template): boolean {
    return this.peer.send(JSON.stringify([joinRef, ref, topic, event, payload]))
  }
}

/** The customary `{"reason": "…"}`, or the whole response. */
function reasonOf(response: unknown): string {
  const reason = (response as { reason?: unknown } | null | undefined)?.reason
  return typeof reason === 'string' ? reason : (JSON.stringify(response) ?? '')
}
