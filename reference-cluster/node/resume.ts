import { sumOf } from '../../src/base/sum.js'
import type { ResumePoint } from '../../src/protocols/reference.js'
import type { History } from './bridges/history.js'
import { offsetOf } from './shared-history.js'

export interface Resumption {
  /** `messages` has every message after the client's position, in all channels. */
  readonly recovered: boolean
  /** null: the broker did not answer. */
  readonly position: ResumePoint | null
  /** The messages it missed, in order within each channel. */
  readonly messages: readonly Buffer[]
  /** By channel: the client's offset after `messages`; only for channels that were recovered. */
  readonly known: ReadonlyMap<number, number>
}

interface ChannelResumption {
  readonly isRecovered: boolean
  readonly epoch: string
  /** The client's offset before `messages`. */
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
 * The messages of `channels` that a client has missed since `from`. Call it once its live messages are held back. If there
 * are more than `mostBytes`, none is replayed and nothing counts as recovered.
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
  const bytes = sumOf(found, ({ messages }) => sumOf(messages, ({ length }) => length))
  if (bytes > mostBytes) return readMissed(history, channels, { epoch: '', offsets: [] }, mostBytes)
  const epochs = new Set(found.map(({ epoch }) => epoch))
  // Two epochs: the store was lost while it was read, so there is no common position.
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
