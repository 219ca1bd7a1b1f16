import { at } from '../../src/protocols/reference.js'
import { Batcher } from './batcher.js'
import type { History, Position } from './bridges/history.js'

type Messages = readonly Buffer[] | null

/**
 * A history for many clients that resume at the same time, as after the end of a node: those of one channel share a read,
 * which starts at the oldest of their positions.
 */
export class SharedHistory implements History {
  readonly isLiveContinuous: boolean
  readonly #history: History
  readonly #positions = new Map<number, Batcher<null, Position | null>>()
  readonly #reads = new Map<number, Batcher<Position, Messages>>()

  constructor(history: History) {
    this.#history = history
    this.isLiveContinuous = history.isLiveContinuous
  }

  position(channel: number): Promise<Position | null> {
    return ofChannel(this.#positions, channel, async (requests) => {
      const position = await this.#history.position(channel)
      return requests.map(() => position)
    }).request(null)
  }

  after(channel: number, position: Position): Promise<Messages> {
    return ofChannel(this.#reads, channel, (positions) => this.#read(channel, positions)).request(position)
  }

  async #read(channel: number, positions: readonly Position[]): Promise<readonly Messages[]> {
    const answers = new Array<Messages>(positions.length).fill(null)
    let open = positions.map((position, index) => ({ position, index }))
    while (open.length > 0) {
      const { epoch } = open[0]!.position
      const alike = open.filter(({ position }) => position.epoch === epoch)
      const offset = Math.min(...alike.map(({ position }) => position.offset))
      const messages = await this.#history.after(channel, { offset, epoch })
      const answered = alike.filter(({ position }) => isAnsweredBy(messages, offset, position))
      for (const { position, index } of answered) answers[index] = laterThan(messages, position.offset)
      open = open.filter((each) => !answered.includes(each))
    }
    return answers
  }
}

/** Whether the messages after `offset` include all those after `position`, which is not before `offset`. */
function isAnsweredBy(messages: Messages, offset: number, position: Position): boolean {
  if (position.offset === offset) return true
  const newest = messages?.at(-1)
  return newest !== undefined && position.offset <= offsetOf(newest)
}

function laterThan(messages: Messages, offset: number): Messages {
  return messages?.filter((message) => offsetOf(message) > offset) ?? null
}

function ofChannel<Request, Answer>(
  all: Map<number, Batcher<Request, Answer>>,
  channel: number,
  send: (batch: readonly Request[]) => Promise<readonly Answer[]>,
): Batcher<Request, Answer> {
  let batcher = all.get(channel)
  if (!batcher) {
    batcher = new Batcher(send)
    all.set(channel, batcher)
  }
  return batcher
}

export function offsetOf(message: Buffer): number {
  return message.readDoubleLE(at.offset)
}
