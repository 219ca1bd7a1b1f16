/** Replies of the Redis protocol, version 2 (redis.io/docs/latest/develop/reference/protocol-spec). */

export const OK = Buffer.from('+OK\r\n')
export const PONG = Buffer.from('+PONG\r\n')
/** Reply to PING on a connection that has subscribed. */
export const PONG_PUSH = Buffer.from('*2\r\n$4\r\npong\r\n$0\r\n\r\n')

export function bulk(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')])
}

export function integer(value: number): Buffer {
  return Buffer.from(`:${value}\r\n`)
}

/** An error reply. Line breaks in `message` would end it early, so they are replaced. */
export function failure(message: string): Buffer {
  return Buffer.from(`-${message.replace(/[\r\n]+/g, ' ')}\r\n`)
}

/** Confirms that the connection (un)subscribed one topic; `count` is how many topics it has now. */
export function subscription(verb: 'subscribe' | 'unsubscribe', topic: Buffer | null, count: number): Buffer {
  const name = topic ? bulk(topic) : Buffer.from('$-1\r\n')
  return Buffer.concat([Buffer.from('*3\r\n'), bulk(verb), name, integer(count)])
}

export function publishedMessage(topic: Buffer, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from('*3\r\n$7\r\nmessage\r\n'), bulk(topic), bulk(payload)])
}
