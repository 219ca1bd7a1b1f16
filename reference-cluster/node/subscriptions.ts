import { z } from 'zod'
import { messageStatus, type ResumePoint } from '../../src/protocols/reference.js'
import { Batcher } from './batcher.js'
import type { Bridge } from './bridges/bridge.js'
import type { History } from './bridges/history.js'
import type { Client } from './client.js'
import type { Fanout } from './fanout.js'
import type { Feed } from './feed.js'
import { nothingRecovered, readMissed } from './resume.js'
import type { Rooms } from './rooms.js'

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
  readonly rooms: Rooms
  readonly feed: Pick<Feed, 'follow'>
  readonly bridge: Pick<Bridge, 'follow' | 'caughtUp' | 'isReady'>
  /** null where the bridge keeps none. */
  readonly history: History | null
  readonly fanout: Pick<Fanout, 'frame'>
  /** What one client that comes back is sent of its channels' history at the most. */
  readonly mostReplayedBytes: number
}

/**
 * Takes subscribe requests, and confirms each once the node would deliver the channels' next message. From then on, and
 * with what a client missed before, its messages go out in order; until then they wait.
 */
export class Subscriptions {
  readonly #parts: SubscriptionsParts
  readonly #unconfirmed: Request[] = []
  /** Many leave at once when a node drains: one answer of the broker does for all that wait. */
  readonly #leaving: Batcher<Client, Client>

  /** While the bridge is not ready, requests are kept and their confirmation waits. */
  constructor(parts: SubscriptionsParts) {
    this.#parts = parts
    this.#leaving = new Batcher(async (clients) => {
      await parts.bridge.caughtUp(new Set(clients.flatMap(({ channels }) => [...channels])))
      return clients
    })
  }

  /** One text frame of a client. Anything but a sound request is answered with an error and changes nothing. */
  async request(client: Client, text: Buffer): Promise<void> {
    const control = parseControl(text)
    if (typeof control === 'string') client.tell({ op: 'error', message: control })
    else if (control.op === 'unsubscribe') await this.#unsubscribe(client)
    else if (client.channels.size + control.channels.length > MAX_CHANNELS_PER_CLIENT) {
      client.tell({ op: 'error', message: `more than ${MAX_CHANNELS_PER_CLIENT} channels` })
    } else await this.#subscribe({ client, channels: control.channels, resume: control.resume })
  }

  /** Call when messages reach this node again. */
  ready(): void {
    for (const request of this.#unconfirmed.splice(0)) void this.#confirm(request)
  }

  async #subscribe(request: Request): Promise<void> {
    const { rooms, bridge, feed } = this.#parts
    const { client, channels } = request
    client.hold()
    for (const channel of channels) rooms.join(client, channel)
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
    // Lost while it was asked: it may still tell once it is back.
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
    await this.#leaving.ask(client)
    this.#parts.rooms.leaveAll(client)
    client.tell({ op: 'unsubscribed' })
  }
}

/** The request, or what is wrong with it. */
function parseControl(text: Buffer): Control | string {
  if (text.length > MAX_CONTROL_BYTES) return `a control message has at most ${MAX_CONTROL_BYTES} bytes`
  try {
    const parsed = clientControl.safeParse(JSON.parse(text.toString()))
    return parsed.success ? parsed.data : z.prettifyError(parsed.error)
  } catch {
    return 'a control message is JSON'
  }
}
