import { z } from 'zod'
import { messageStatus, type ResumePoint } from '../../src/protocols/reference.js'
import { Batcher } from './batcher.js'
import type { Bridge } from './bridges/bridge.js'
import type { History } from './bridges/history.js'
import type { Client } from './client.js'
import type { Fanout } from './fanout.js'
import type { Feed } from './feed.js'
import type { Membership } from './membership.js'
import { nothingRecovered, readMissed } from './resume.js'

const MAX_CONTROL_BYTES = 1 << 18
const MAX_CHANNELS_PER_CLIENT = 65_536

const clientControl = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('subscribe'),
    channels: z.array(z.uint32()).min(1),
    resume: z.strictObject({ epoch: z.string().max(256), offsets: z.array(z.number().min(0)) }).optional(),
  }),
  z.strictObject({ op: z.literal('unsubscribe') }),
])

type Control = z.output<typeof clientControl>

interface Request {
  readonly client: Client
  readonly channels: readonly number[]
  readonly resume: ResumePoint | undefined
}

export interface SubscriptionsParts {
  readonly membership: Membership
  readonly feed: Pick<Feed, 'follow'>
  readonly bridge: Pick<Bridge, 'follow' | 'caughtUp' | 'isReady'>
  /** null when the bridge has none. */
  readonly history: History | null
  readonly fanout: Pick<Fanout, 'frame'>
  /** Most bytes of history that are replayed to one client. */
  readonly mostReplayedBytes: number
}

/**
 * Takes subscribe requests, and confirms each once the node would deliver the channels' next message. Until then the
 * client's messages wait; then those it has missed are sent first, and all of them in order.
 */
export class Subscriptions {
  readonly #parts: SubscriptionsParts
  readonly #unconfirmed: Request[] = []
  /** When a node drains, many clients leave at once: one answer of the broker serves all that wait. */
  readonly #leaving: Batcher<Client, Client>

  /** While the bridge is not ready, requests wait for their confirmation. */
  constructor(parts: SubscriptionsParts) {
    this.#parts = parts
    this.#leaving = new Batcher(async (clients) => {
      await parts.bridge.caughtUp(new Set(clients.flatMap(({ channels }) => [...channels])))
      return clients
    })
  }

  /** One text frame of a client. An invalid request is answered with an error and changes nothing. */
  async request(client: Client, text: Buffer): Promise<void> {
    const control = parseControl(text)
    if (typeof control === 'string') client.tell({ op: 'error', message: control })
    else if (control.op === 'unsubscribe') await this.#unsubscribe(client)
    else if (client.channels.size + control.channels.length > MAX_CHANNELS_PER_CLIENT) {
      client.tell({ op: 'error', message: `more than ${MAX_CHANNELS_PER_CLIENT} channels` })
    } else await this.#subscribe({ client, channels: control.channels, resume: control.resume })
  }

  /** Call when the bridge is ready again. */
  ready(): void {
    for (const request of this.#unconfirmed.splice(0)) void this.#confirm(request)
  }

  async #subscribe(request: Request): Promise<void> {
    const { membership, bridge, feed } = this.#parts
    const { client, channels } = request
    client.hold()
    for (const channel of channels) membership.join(client, channel)
    await Promise.all(channels.flatMap((channel) => [bridge.follow(channel), feed.follow(channel)]))
    await this.#confirm(request)
  }

  async #confirm(request: Request): Promise<void> {
    const { client, channels, resume } = request
    const { bridge, fanout } = this.#parts
    if (!bridge.isReady) return this.#wait(request)
    if (!resume) {
      client.tell({ op: 'subscribed', channels })
      return client.release(new Map())
    }
    const { recovered, position, messages, known } = await this.#resumption(channels, resume)
    // The broker was lost while its history was read: try again when it is back.
    if (!position && this.#parts.history && !bridge.isReady) return this.#wait(request)
    client.tell({ op: 'subscribed', channels, recovered, ...(position ? { position } : {}) })
    for (const message of messages) client.write(fanout.frame(message, messageStatus.replayed))
    client.release(known)
  }

  #wait(request: Request): void {
    this.#unconfirmed.push(request)
  }

  async #resumption(channels: readonly number[], resume: ResumePoint) {
    const { history, mostReplayedBytes } = this.#parts
    return history ? readMissed(history, channels, resume, mostReplayedBytes) : nothingRecovered
  }

  async #unsubscribe(client: Client): Promise<void> {
    await this.#leaving.request(client)
    this.#parts.membership.leaveAll(client)
    client.tell({ op: 'unsubscribed' })
  }
}

/** The request, or an error message. */
function parseControl(text: Buffer): Control | string {
  if (text.length > MAX_CONTROL_BYTES) return `a control message may have at most ${MAX_CONTROL_BYTES} bytes`
  try {
    const parsed = clientControl.safeParse(JSON.parse(text.toString()))
    return parsed.success ? parsed.data : z.prettifyError(parsed.error)
  } catch {
    return 'a control message must be JSON'
  }
}
