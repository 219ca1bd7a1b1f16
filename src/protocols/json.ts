import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import type { Conversation, Peer } from './protocol.js'
import { template, text } from './settings.js'
import { fill, type Template } from './template.js'

interface JsonOptions {
  /** Sent for each channel, with `{channel}` filled in; null: nothing is sent. */
  readonly subscribe: Template
  /** Text of the frame that confirms one subscription, with `{channel}` filled in; empty: confirmed once sent. */
  readonly subscribed: string
  /** Sent for each message, with `{channel}` and `{payload}` filled in. */
  readonly publish: Template
}

/** Servers with a JSON or text protocol of their own. A message that its publisher gets back is acked by that. */
export const json: ProtocolKind<JsonOptions> = {
  summary: 'any server with a text frame to subscribe and one to publish',
  options: z.strictObject({
    subscribe: template.default(null).describe('sent for each channel; {channel} is filled in'),
    subscribed: text.default('').describe('text of the frame that confirms it; default: confirmed once sent'),
    publish: template.default('{payload}').describe('sent for each message; {channel}, {payload}'),
  }),
  decisive: { subscribe: ['subscribe', 'subscribed'], publish: ['publish'] },
  placeholders: { subscribe: ['channel'], subscribed: ['channel'], publish: ['channel', 'payload'] },
  create: (options) => ({ start: (peer) => new JsonConversation(options, peer) }),
}

class JsonConversation implements Conversation {
  /** Texts that confirm the subscriptions not confirmed yet. */
  readonly #awaited = new Set<string>()

  constructor(
    readonly options: JsonOptions,
    readonly peer: Peer,
  ) {}

  open(): void {
    const { subscribe, subscribed } = this.options
    for (const channel of this.peer.channels) {
      if (subscribe !== null) this.peer.send(textOf(fill(subscribe, { channel })))
      if (subscribed !== '') this.#awaited.add(String(fill(subscribed, { channel })))
    }
    this.#checkReady()
  }

  text(text: string): void {
    if (this.#awaited.size === 0) return
    for (const awaited of this.#awaited) if (confirms(text, awaited)) this.#awaited.delete(awaited)
    this.#checkReady()
  }

  /** A frame with messages may also confirm a subscription. */
  message(bytes: Buffer): void {
    if (this.#awaited.size > 0) this.text(bytes.toString())
  }

  publish({ channel, payload }: { readonly channel: string; readonly payload: string }): boolean {
    return this.peer.send(textOf(fill(this.options.publish, { channel, payload })))
  }

  #checkReady(): void {
    if (this.#awaited.size === 0) this.peer.ready()
  }
}

/** Whether `awaited` is in `text` as whole words: `room-1` is not in `room-10`. */
function confirms(text: string, awaited: string): boolean {
  const endsInWord = /[\w-]$/.test(awaited)
  for (let at = text.indexOf(awaited); at >= 0; at = text.indexOf(awaited, at + 1))
    if (!endsInWord || !/[\w-]/.test(text[at + awaited.length] ?? '')) return true
  return false
}

/** A template that is a single string is sent as text, and not as JSON. */
function textOf(value: Template): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
