import { createRandom, hash32 } from '../base/random.js'
import { pick } from './script.js'

/** How the server answers a publish, and to whom it sends the message. A `late` ack comes half an interval later. */
export interface Receipt {
  readonly ack: 'once' | 'twice' | 'late' | 'never' | 'refused'
  readonly reach: 'all' | 'some' | 'none'
}

const plain: Receipt = { ack: 'once', reach: 'all' }
const reaches = ['all', 'some', 'none'] as const

/**
 * The receipt of each message of a stream, by sequence − 1; most are plain. At least one message is never acked, so that the
 * run waits for the grace period of the last message.
 */
export function drawReceipts(seed: number, publisher: number, messages: number): Receipt[] {
  const random = createRandom(hash32(seed ^ 0x5eed, publisher))
  const receipts = Array.from({ length: messages }, () => (random() < 0.92 ? plain : drawReceipt(random)))
  receipts[pick(random, messages)] = { ack: 'never', reach: reaches[pick(random, 3)]! }
  return receipts
}

function drawReceipt(random: () => number): Receipt {
  const ack = (['twice', 'late', 'never', 'refused'] as const)[pick(random, 4)]!
  const isAccepted = ack === 'twice' || ack === 'late'
  return { ack, reach: isAccepted ? 'all' : reaches[pick(random, 3)]! }
}
