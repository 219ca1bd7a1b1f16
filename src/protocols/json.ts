import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import type { Conversation, Peer } from './protocol.js'
import { template, text } from './settings.js'
import { fill, type Template } from './template.js'

interface JsonOptions {
  /** Sent once for each channel, `{channel}` filled in; null: nothing has to be sent. */
  readonly subscribe: Template
  /** Text of the frame that confirms one subscription, `{channel}` filled in; empty: it stands as soon as it is sent. */
  readonly subscribed: string
  /** Sent for each message, `{channel}` and `{payload}` filled in. */
  readonly publish: Template
}

/** Servers that speak JSON, or any text, of their own. A publisher that gets its own tag back has its ack. */
export const json: ProtocolKind<JsonOptions> = {
  summary: 'any server that takes a text frame to subscribe and one to publish',
  options: z.strictObject({
    subscribe: template.default(null).describe('sent for each channel; {channel} is filled in'),
    subscribed: text.default('').describe('text of the frame that confirms it; without: confirmed once sent'),
    publish: template.default('{payload}').describe('sent for each message; {channel}, {payload}'),
  }),
  create: (options) => ({ start: (peer) => new JsonConversation(options, peer) }),
}

class JsonConversation implements Conversation {
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
    this.#look()
  }

  text(text: string): void {
    for (const awaited of this.#awaited) {
      if (!text.includes(awaited)) continue
      this.#awaited.delete(awaited)
      this.#look()
      return
    }
  }

  /** A confirmation may carry the latest messages. */
  message(bytes: Buffer): void {
    if (this.#awaited.size > 0) this.text(bytes.toString())
  }

  publish({ channel, payload }: { readonly channel: string; readonly payload: string }): boolean {
    return this.peer.send(textOf(fill(this.options.publish, { channel, payload })))
  }

  #look(): void {
    if (this.#awaited.size === 0) this.peer.ready()
  }
}

/** A template that is one string is sent as it is, and need not be JSON. */
function textOf(value: Template): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
