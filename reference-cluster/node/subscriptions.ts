import { z } from 'zod'
import type { ClientControl, NodeControl } from '../../src/protocols/reference.js'
import type { Bridge } from './bridges/bridge.js'
import type { Client } from './client.js'
import type { Rooms } from './rooms.js'

const MAX_CONTROL_BYTES = 65_536
const MAX_CHANNELS_PER_CLIENT = 65_536

const clientControl: z.ZodType<ClientControl> = z.strictObject({
  op: z.literal('subscribe'),
  channels: z.array(z.uint32()).min(1),
})

/** Takes subscribe requests, and confirms each once the node would deliver the channels' next message. */
export class Subscriptions {
  readonly #rooms: Rooms
  readonly #bridge: Pick<Bridge, 'follow' | 'isReady'>
  readonly #unconfirmed: { readonly client: Client; readonly channels: readonly number[] }[] = []

  /** While the bridge is not ready, requests are kept and their confirmation waits. */
  constructor(rooms: Rooms, bridge: Pick<Bridge, 'follow' | 'isReady'>) {
    this.#rooms = rooms
    this.#bridge = bridge
  }

  /** One text frame of a client. Anything but a sound request is answered with an error and changes nothing. */
  async request(client: Client, text: Buffer): Promise<void> {
    const channels = parseRequest(text)
    if (typeof channels === 'string') tell(client, { op: 'error', message: channels })
    else if (client.channels.size + channels.length > MAX_CHANNELS_PER_CLIENT) {
      tell(client, { op: 'error', message: `more than ${MAX_CHANNELS_PER_CLIENT} channels` })
    } else await this.#subscribe(client, channels)
  }

  /** Call when messages reach this node again. */
  ready(): void {
    for (const { client, channels } of this.#unconfirmed.splice(0))
      tell(client, { op: 'subscribed', channels })
  }

  async #subscribe(client: Client, channels: readonly number[]): Promise<void> {
    for (const channel of channels) this.#rooms.join(client, channel)
    await Promise.all(channels.map((channel) => this.#bridge.follow(channel)))
    if (this.#bridge.isReady) tell(client, { op: 'subscribed', channels })
    else this.#unconfirmed.push({ client, channels })
  }
}

/** The channels asked for, or what is wrong with the request. */
function parseRequest(text: Buffer): readonly number[] | string {
  if (text.length > MAX_CONTROL_BYTES) return `a control message has at most ${MAX_CONTROL_BYTES} bytes`
  try {
    const parsed = clientControl.safeParse(JSON.parse(text.toString()))
    return parsed.success ? parsed.data.channels : z.prettifyError(parsed.error)
  } catch {
    return 'a control message is JSON'
  }
}

function tell(client: Client, control: NodeControl): void {
  if (client.isOpen) client.websocket.send(JSON.stringify(control))
}
