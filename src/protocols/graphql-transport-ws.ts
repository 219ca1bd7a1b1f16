import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import type { Conversation, Outgoing, Peer } from './protocol.js'
import { readJson } from './read-json.js'
import { template, text } from './settings.js'
import { fill, type Template } from './template.js'

interface GraphqlOptions {
  readonly init: Template
  readonly subscribe: Template
  readonly subscribed: string
  readonly publish: Template
}

/** https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. Messages are published by a mutation on the same connection. */
export const graphqlTransportWs: ProtocolKind<GraphqlOptions> = {
  summary: 'GraphQL subscriptions of graphql-ws, and a mutation to publish',
  options: z.strictObject({
    init: template.default({}).describe('payload of connection_init'),
    subscribe: template
      .default({
        query: 'subscription ($channel: String!) { messages(channel: $channel) }',
        variables: { channel: '{channel}' },
      })
      .describe('payload of subscribe, for each channel; {channel}'),
    subscribed: text
      .default('')
      .describe('text of the frame that confirms it; default: the answer to a query sent after it'),
    publish: template
      .default({
        query: 'mutation ($channel: String!, $text: String!) { publish(channel: $channel, text: $text) }',
        variables: { channel: '{channel}', text: '{payload}' },
      })
      .describe('payload of the mutation; {channel}, {payload}'),
  }),
  decisive: { subscribe: ['init', 'subscribe', 'subscribed'], publish: ['publish'] },
  placeholders: { subscribe: ['channel'], subscribed: ['channel'], publish: ['channel', 'payload'] },
  literalKeys: ['query'],
  create: (options) => ({
    subprotocols: ['graphql-transport-ws'],
    start: (peer) => new GraphqlConversation(options, peer),
  }),
}

/** Ids of operations: subscriptions `s0`, …; mutations `m<sequence>`. */
const SUBSCRIPTION = 's'
const MUTATION = 'm'
const PROBE = 'probe'

interface Message {
  readonly id: unknown
  readonly type: unknown
  readonly payload: { readonly errors?: unknown } | readonly unknown[] | null
}

class GraphqlConversation implements Conversation {
  /** Texts that confirm the subscriptions not confirmed yet. */
  readonly #awaited = new Set<string>()

  constructor(
    readonly options: GraphqlOptions,
    readonly peer: Peer,
  ) {}

  open(): void {
    this.#send({ type: 'connection_init', payload: this.options.init })
  }

  text(frame: string): void {
    const { type, payload, ...message } = readJson<Message>(frame) ?? {}
    const id = String(message.id)
    if (type === 'ping') this.#send({ type: 'pong' })
    else if (type === 'connection_ack') this.#subscribe()
    else if (id.startsWith(MUTATION) && type !== 'complete') this.#onMutation(id, errorsOf(payload))
    else if (id.startsWith(SUBSCRIPTION)) this.#onSubscription(type, errorsOf(payload))
    else if (id === PROBE) this.peer.ready()
    this.#confirmBy(frame)
  }

  /** A frame with messages may also confirm a subscription. */
  message(bytes: Buffer): void {
    if (this.#awaited.size > 0) this.#confirmBy(bytes.toString())
  }

  publish({ channel, payload, sequence }: Outgoing): boolean {
    return this.#operate(`${MUTATION}${sequence}`, fill(this.options.publish, { channel, payload }))
  }

  #subscribe(): void {
    const { subscribe, subscribed } = this.options
    const { channels } = this.peer
    for (const [index, channel] of channels.entries()) {
      this.#operate(`${SUBSCRIPTION}${index}`, fill(subscribe, { channel }))
      if (subscribed !== '') this.#awaited.add(String(fill(subscribed, { channel })))
    }
    if (channels.length === 0) this.peer.ready()
    else if (subscribed === '') this.#operate(PROBE, { query: '{ __typename }' })
  }

  #confirmBy(frame: string): void {
    for (const awaited of this.#awaited) {
      if (!frame.includes(awaited)) continue
      this.#awaited.delete(awaited)
      if (this.#awaited.size === 0) this.peer.ready()
      return
    }
  }

  /** A subscription that has errors, or ends, is not confirmed by the query sent after it. */
  #onSubscription(type: unknown, errors: string): void {
    if (type !== 'next') this.peer.fail(errors || 'the subscription was completed')
    else if (errors !== '') this.peer.fail(errors)
  }

  #onMutation(id: string, errors: string): void {
    const sequence = Number(id.slice(MUTATION.length))
    if (errors === '') this.peer.acked(sequence)
    else this.peer.refused(sequence, errors)
  }

  #operate(id: string, payload: Template): boolean {
    return this.#send({ id, type: 'subscribe', payload })
  }

  #send(message: object): boolean {
    return this.peer.send(JSON.stringify(message))
  }
}

/** The messages of the GraphQL errors in the payload of `error` (a list), or of `next`; empty if there are none. */
function errorsOf(payload: Message['payload'] | undefined): string {
  const errors: unknown = Array.isArray(payload) ? payload : (payload as { errors?: unknown } | null)?.errors
  if (errors === undefined || errors === null) return ''
  const all: readonly unknown[] = Array.isArray(errors) ? errors : [errors]
  return all
    .map((error) => (error as { message?: unknown } | null)?.message ?? JSON.stringify(error))
    .join('; ')
}
