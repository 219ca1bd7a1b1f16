import type { Copy } from '../results/delivery/copy.js'

/** When a message was to be sent, was sent, and came. */
export interface Stamps {
  readonly intendedMicros: number
  readonly sentMicros: number
  readonly receivedMicros: number
}

/** The copy at hand; one object serves all that a worker receives, so that its times need not be parameters, boxed each. */
export class ReceivedCopy implements Copy, Stamps {
  client = 0
  channel = 0
  publisher = 0
  sequence = 0
  intendedMicros = Number.NaN
  sentMicros = Number.NaN
  receivedMicros = Number.NaN
  isOnLeft = false
}
