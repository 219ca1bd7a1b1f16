import type { Socket } from 'node:net'
import RedisParser from 'redis-parser'
import { MAX_MESSAGE_BYTES } from '../../src/protocols/reference.js'
import { type CommandConnection, execute } from './commands.js'
import { failure } from './resp.js'
import type { Subscriber, Topics } from './topics.js'

/** A longer command ends its connection. */
const MAX_COMMAND_BYTES = MAX_MESSAGE_BYTES + 65_536
/** Redis's default client-output-buffer-limit for pub/sub: a subscriber that is further behind is disconnected. */
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024
const REFUSAL_GRACE_MS = 1_000

/** One connection of the broker: bytes → commands → replies. */
export class Session implements Subscriber, CommandConnection {
  readonly subscriptions = new Map<string, Buffer>()
  readonly topics: Topics
  readonly #socket: Socket
  readonly #parser: RedisParser
  #pendingBytes = 0

  constructor(socket: Socket, topics: Topics) {
    this.topics = topics
    this.#socket = socket
    this.#parser = new RedisParser({
      returnBuffers: true,
      returnReply: (request) => this.#request(request),
      returnError: () => this.refuse('expected an array of bulk strings'),
      returnFatalError: () => this.refuse('expected an array of bulk strings'),
    })
    socket.on('data', (chunk) => this.#read(chunk))
    // 'close' follows.
    socket.on('error', () => {})
    socket.once('close', () => this.#leave())
  }

  reply(bytes: Buffer): void {
    this.deliver(bytes)
  }

  deliver(bytes: Buffer): boolean {
    if (!this.#socket.writable) return false
    if (this.#socket.writableLength + bytes.length > MAX_OUTPUT_BYTES) {
      this.disconnect()
      return false
    }
    this.topics.burst.write(this.#socket, bytes)
    return true
  }

  disconnect(): void {
    this.#socket.destroy()
  }

  quit(reply: Buffer): void {
    this.#socket.end(reply)
  }

  /** Replies to bytes that are not a command, and ends the connection: it is unknown where the next command begins. */
  refuse(reason: string): void {
    this.#socket.removeAllListeners('data')
    this.#socket.end(failure(`ERR Protocol error: ${reason}`))
    // Not immediately: with unread input that would be a reset, and the client might never read the reason.
    setTimeout(() => this.disconnect(), REFUSAL_GRACE_MS).unref()
  }

  #read(chunk: Buffer): void {
    this.#pendingBytes += chunk.length
    try {
      this.#parser.execute(chunk)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.refuse('invalid multibulk length')
    }
    if (this.#pendingBytes > MAX_COMMAND_BYTES) this.disconnect()
  }

  #request(request: unknown): void {
    this.#pendingBytes = 0
    // The parser may still have requests of a connection that was refused.
    if (!this.#socket.writable) return
    if (Array.isArray(request) && request.length > 0 && request.every(Buffer.isBuffer)) execute(this, request)
    else this.refuse('expected an array of bulk strings')
  }

  #leave(): void {
    for (const topic of this.subscriptions.values()) this.topics.unsubscribe(topic, this)
    this.subscriptions.clear()
  }
}
