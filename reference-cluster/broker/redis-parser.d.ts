declare module 'redis-parser' {
  interface ParserOptions {
    returnReply(reply: unknown): void
    returnError(error: Error): void
    returnFatalError?(error: Error): void
    returnBuffers?: boolean
  }

  export default class RedisParser {
    constructor(options: ParserOptions)
    /** Takes the next bytes of the stream; throws RangeError on absurd array lengths and depths. */
    execute(chunk: Buffer): void
  }
}
