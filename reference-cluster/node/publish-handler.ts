import { nowMicros } from '../../src/base/clock.js'
import { ackStatus, at, encodeAck, HEADER_BYTES, kinds } from '../../src/protocols/reference.js'
import type { Bridge } from './bridges/bridge.js'
import type { Client } from './client.js'
import { closeCodes } from './close-codes.js'
import type { Counters } from './counters.js'
import { binaryFrame } from './frame.js'

/** Passes clients' publishes to the bridge, and acks them once the broker has confirmed them, not on mere receipt. */
export class Publishes {
  readonly #bridge: Bridge
  readonly #nodeIndex: number
  readonly #counters: Counters

  constructor(bridge: Bridge, nodeIndex: number, counters: Counters) {
    this.#bridge = bridge
    this.#nodeIndex = nodeIndex
    this.#counters = counters
  }

  /** One binary frame of a client, which is stamped in place. A publish of unknown outcome gets no ack. */
  async take(client: Client, message: Buffer): Promise<void> {
    const fault = faultOf(message)
    if (fault) return client.close(closeCodes.policyViolation, fault)
    this.#stamp(message)
    const outcome = await this.#bridge.publish(message)
    if (outcome === 'unknown') return
    const isAccepted = outcome === 'accepted'
    this.#counters[isAccepted ? 'published' : 'refused'] += 1
    client.write(binaryFrame(encodeAck(message, 0, isAccepted ? ackStatus.accepted : ackStatus.refused)))
  }

  #stamp(message: Buffer): void {
    message[at.status] = 0
    message.writeUInt16LE(this.#nodeIndex, at.ingressNode)
    message.writeDoubleLE(nowMicros(), at.ingress)
    message.writeDoubleLE(0, at.offset)
  }
}

/** Why a frame is not a publish; null when it is one. */
function faultOf(message: Buffer): string | null {
  if (message.length < HEADER_BYTES) return `a publish has at least ${HEADER_BYTES} bytes`
  if (message[at.kind] !== kinds.publish) return `kind ${message[at.kind]} is not a publish`
  return null
}
