import type { Copy } from '../results/delivery/copy.js'

/** When a message of a channel was planned to be sent, was sent, and was received. */
export interface Stamps {
  readonly channel: number
  readonly plannedMicros: number
  readonly sentMicros: number
  readonly receivedMicros: number
}

/** One object holds each copy that a worker receives in turn: times passed as parameters would be boxed. */
export class ReceivedCopy implements Copy, Stamps {
  client = 0
  channel = 0
  publisher = 0
  sequence = 0
  plannedMicros = Number.NaN
  sentMicros = Number.NaN
  receivedMicros = Number.NaN
  isOnLeft = false
}
