import { at } from '../../../src/protocols/reference.js'

/** Names on the broker. Bridges with one topic for all channels use FANOUT_TOPIC (src/protocols/reference.ts). */

/** Redis shard channel of redis-sharded-pubsub. */
export function shardTopic(channel: number): string {
  return `wsbench:channel:${channel}`
}

/** Keys of redis-streams: a channel's messages, its newest offset, and the epoch of the store. */
export const redisKeys = {
  stream: (channel: number) => `wsbench:stream:${channel}`,
  offset: (channel: number) => `wsbench:offset:${channel}`,
  epoch: 'wsbench:epoch',
} as const

/** Subjects of nats-jetstream, one per channel. */
export const natsSubjects = {
  published: (channel: number) => `wsbench.channel.${channel}`,
  allPublished: 'wsbench.channel.>',
} as const

/** The channel a publish is for. */
export function channelOf(message: Buffer): number {
  return message.readUInt32LE(at.channel)
}
