import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { at, FANOUT_TOPIC, HEADER_BYTES } from '../../../../src/protocols/reference.js'
import { type History, MESSAGES_KEPT, type Position } from '../history.js'
import { channelOf, redisKeys } from '../topics.js'
import type { RedisSend } from './publisher.js'

/**
 * One script, so that offsets are assigned, stored and delivered in the same order: it writes the channel's next offset into
 * the message, appends it to the stream under that offset, and publishes it. A new store gets a random epoch, so that a
 * store that was lost and created again is not mistaken for the old one.
 */
const APPEND = `
redis.call('SET', KEYS[3], ARGV[4], 'NX')
local offset = redis.call('INCR', KEYS[2])
local message = string.sub(ARGV[1], 1, ${at.offset}) .. struct.pack('<d', offset) .. string.sub(ARGV[1], ${HEADER_BYTES + 1})
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], offset .. '-0', 'message', message)
redis.call('PUBLISH', ARGV[3], message)
return offset
`

const POSITION = `
redis.call('SET', KEYS[3], ARGV[1], 'NX')
return {redis.call('GET', KEYS[2]) or '0', redis.call('GET', KEYS[3])}
`

/** Offsets have no gaps, so the messages are complete if there are as many as the newest offset implies. */
const AFTER = `
if redis.call('GET', KEYS[3]) ~= ARGV[2] then return false end
local missed = tonumber(redis.call('GET', KEYS[2]) or '0') - tonumber(ARGV[1])
if missed < 0 then return false end
local entries = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1] .. '-0', '+')
if #entries ~= missed then return false end
local messages = {}
for index, entry in ipairs(entries) do messages[index] = entry[2][2] end
return messages
`

/**
 * Appends to the channel's stream and publishes with the offset. By EVAL: after a restart, EVALSHA would have to be
 * repeated, which would change the order.
 */
export const append: RedisSend = (redis, message) =>
  redis.eval(APPEND, 3, ...keysOf(channelOf(message)), message, MESSAGES_KEPT, FANOUT_TOPIC, randomUUID())

/** The streams that `append` writes. */
export class RedisHistory implements History {
  readonly isLiveContinuous = false
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async position(channel: number): Promise<Position | null> {
    try {
      const reply = await this.#redis.eval(POSITION, 3, ...keysOf(channel), randomUUID())
      const [offset, epoch] = reply as [string, string]
      return { offset: Number(offset), epoch }
    } catch {
      return null
    }
  }

  async after(channel: number, { offset, epoch }: Position): Promise<readonly Buffer[] | null> {
    try {
      const read = this.#redis.callBuffer('EVAL', AFTER, 3, ...keysOf(channel), offset, epoch)
      return (await read) as Buffer[] | null
    } catch {
      return null
    }
  }
}

function keysOf(channel: number): [string, string, string] {
  return [redisKeys.stream(channel), redisKeys.offset(channel), redisKeys.epoch]
}
