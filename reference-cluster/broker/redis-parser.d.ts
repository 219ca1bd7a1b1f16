declare module 'redis-parser' {
  interface ParserOptions {
    returnReply(reply: unknown): void
    returnError(error: Error): void
    returnFatalError?(error: Error): void
    returnBuffers?: boolean
  }

  export default class RedisParser {
    constructor(options: ParserOptions)
    /** Takes the next bytes of the stream; throws RangeError when an array is too long or too deep. */
    execute(chunk: Buffer): void
  }
}
