import type { ResumePoint } from '../../src/protocols/reference.js'
import type { History } from './bridges/history.js'
import { offsetOf } from './shared-history.js'

export interface Resumption {
  /** Nothing after the client's position is missing in `messages`, of any channel. */
  readonly recovered: boolean
  /** null: the broker can't be asked. */
  readonly position: ResumePoint | null
  /** What it missed, in order within each channel. */
  readonly messages: readonly Buffer[]
  /** By channel, where the client is after `messages`; those only for which that is sure. */
  readonly known: ReadonlyMap<number, number>
}

interface ChannelResumption {
  readonly isRecovered: boolean
  readonly epoch: string
  /** Where the client stands before `messages`. */
  readonly offset: number
  readonly messages: readonly Buffer[]
}

export const nothingRecovered: Resumption = {
  recovered: false,
  position: null,
  messages: [],
  known: new Map(),
}

/**
 * What a client that stands at `from` has missed of `channels`. Ask once its live messages are held back. More than
 * `mostBytes` is not replayed at all, and not recovered then.
 */
export async function readMissed(
  history: History,
  channels: readonly number[],
  from: ResumePoint,
  mostBytes: number,
): Promise<Resumption> {
  const read = await Promise.all(
    channels.map((channel, order) => ofChannel(history, channel, from, from.offsets[order] ?? 0)),
  )
  const found = read.filter((each) => each !== null)
  const bytes = found.reduce((sum, { messages }) => sum + bytesOf(messages), 0)
  if (bytes > mostBytes) return readMissed(history, channels, { epoch: '', offsets: [] }, mostBytes)
  const epochs = new Set(found.map(({ epoch }) => epoch))
  // A store that is lost while it is read has two: no position can be told.
  if (found.length < channels.length || epochs.size !== 1) return nothingRecovered
  return {
    recovered: found.every(({ isRecovered }) => isRecovered),
    position: { epoch: found[0]!.epoch, offsets: found.map(({ offset }) => offset) },
    messages: found.flatMap(({ messages }) => messages),
    known: new Map(
      found.flatMap(({ isRecovered, offset, messages }, order) => {
        return isRecovered ? [[channels[order]!, lastOffset(messages, offset)] as const] : []
      }),
    ),
  }
}

async function ofChannel(
  history: History,
  channel: number,
  { epoch }: ResumePoint,
  offset: number,
): Promise<ChannelResumption | null> {
  const messages = epoch === '' ? null : await history.after(channel, { offset, epoch })
  if (messages) return { isRecovered: true, epoch, offset, messages }
  const position = await history.position(channel)
  return position && { isRecovered: false, ...position, messages: [] }
}

function lastOffset(messages: readonly Buffer[], before: number): number {
  const newest = messages.at(-1)
  return newest ? offsetOf(newest) : before
}

function bytesOf(messages: readonly Buffer[]): number {
  return messages.reduce((sum, { length }) => sum + length, 0)
}
