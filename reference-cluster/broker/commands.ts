import { bulk, failure, integer, OK, PONG, PONG_PUSH, subscription } from './resp.js'
import type { Subscriber, Topics } from './topics.js'

/** What a command can do to the connection it came on. */
export interface CommandConnection extends Subscriber {
  readonly topics: Topics
  /** Keys are the topic's bytes as latin1. */
  readonly subscriptions: Map<string, Buffer>
  reply(bytes: Buffer): void
  quit(reply: Buffer): void
}

type Command = (connection: CommandConnection, parameters: readonly Buffer[]) => void

/** Enough of INFO for a client's ready check. It has no redis_version, because this is not Redis. */
const INFO = bulk(
  '# Server\r\nserver_name:wsbench-broker\r\nredis_mode:standalone\r\nloading:0\r\nrole:master\r\n',
)

/**
 * All supported commands. HELLO is not one of them: clients that prefer RESP3 take the error as "RESP2 only", as with
 * Redis before 6.
 */
const commands: Record<string, Command> = {
  PING: (connection, [message]) => {
    if (connection.subscriptions.size > 0) connection.reply(PONG_PUSH)
    else connection.reply(message ? bulk(message) : PONG)
  },
  INFO: (connection) => connection.reply(INFO),
  CLIENT: (connection, [subcommand]) => {
    const isHarmless = /^(SETNAME|SETINFO)$/i.test(String(subcommand))
    connection.reply(isHarmless ? OK : failure(`ERR unknown subcommand '${shorten(subcommand)}'`))
  },
  SELECT: (connection, [database]) =>
    connection.reply(String(database) === '0' ? OK : failure('ERR DB index is out of range')),
  PUBLISH: (connection, parameters) => {
    const [topic, payload] = parameters
    if (!topic || !payload || parameters.length > 2) connection.reply(wrongNumber('publish'))
    else connection.reply(integer(connection.topics.publish(topic, payload)))
  },
  SUBSCRIBE: (connection, topics) => {
    if (topics.length === 0) connection.reply(wrongNumber('subscribe'))
    for (const topic of topics) subscribe(connection, topic)
  },
  UNSUBSCRIBE: (connection, topics) => {
    const leaving = topics.length > 0 ? topics : [...connection.subscriptions.values()]
    if (leaving.length === 0) connection.reply(subscription('unsubscribe', null, 0))
    for (const topic of leaving) unsubscribe(connection, topic)
  },
  QUIT: (connection) => connection.quit(OK),
}

const allowedWhileSubscribed = new Set(['PING', 'SUBSCRIBE', 'UNSUBSCRIBE', 'QUIT'])

/** Runs one request, `[name, …parameters]`, and always replies. */
export function execute(connection: CommandConnection, request: readonly Buffer[]): void {
  const [first, ...parameters] = request
  const name = shorten(first).toUpperCase()
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) connection.reply(failure(`ERR unknown command '${shorten(first)}'`))
  else if (connection.subscriptions.size > 0 && !allowedWhileSubscribed.has(name)) {
    connection.reply(failure(`ERR Can't execute '${name.toLowerCase()}' in subscriber mode`))
  } else command(connection, parameters)
}

function subscribe(connection: CommandConnection, topic: Buffer): void {
  // Copied, because the parser's buffer is a view of a whole chunk.
  connection.subscriptions.set(topic.toString('latin1'), Buffer.from(topic))
  connection.topics.subscribe(topic, connection)
  connection.reply(subscription('subscribe', topic, connection.subscriptions.size))
}

function unsubscribe(connection: CommandConnection, topic: Buffer): void {
  connection.subscriptions.delete(topic.toString('latin1'))
  connection.topics.unsubscribe(topic, connection)
  connection.reply(subscription('unsubscribe', topic, connection.subscriptions.size))
}

function wrongNumber(name: string): Buffer {
  return failure(`ERR wrong number of arguments for '${name}' command`)
}

function shorten(word: Buffer | undefined): string {
  return (word ?? Buffer.alloc(0)).toString('latin1', 0, 64)
}
