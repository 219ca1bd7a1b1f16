import { PacketError } from './packet-stream.js'

/** Types of the MQTT 3.1.1 packets that a client reads (OASIS standard, §2 and §3). */
export const packets = {
  connectAck: 2,
  publish: 3,
  publishAck: 4,
  subscribeAck: 9,
} as const

/** OASIS standard, §3.2.2.3. */
const connectReturnCodes: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol version',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
}

/** `CONNACK 5: not authorized` */
export function connectRefusal(code: number): string {
  return `CONNACK ${code}: ${connectReturnCodes[code] ?? 'unknown return code'}`
}

/** Where the packet at `from` ends, maybe beyond `bytes`; −1 if its length is cut. */
export function endOfPacket(bytes: Buffer, from: number): number {
  let length = 0
  let position = from + 1
  for (let shift = 0; position < bytes.length; shift += 7) {
    const byte = bytes[position]!
    position += 1
    length |= (byte & 0x7f) << shift
    if ((byte & 0x80) === 0) return position + length
    if (shift === 21) throw new PacketError(1002, 'an MQTT length of more than four bytes')
  }
  return -1
}

/** Where the body of a whole packet begins, after its head and length. */
export function startOfBody(packet: Buffer): number {
  let position = 1
  while (packet[position]! >= 0x80) position += 1
  return position + 1
}

/** Keep-alive is off: the load shows when a server is gone. */
export function connect(options: {
  readonly clientId: string
  readonly isClean: boolean
  readonly username: string
  readonly password: string
}): Buffer {
  const { username, password } = options
  const flags = (options.isClean ? 0x02 : 0) | (username === '' ? 0 : 0x80) | (password === '' ? 0 : 0x40)
  const credentials = [username, password].filter((text) => text !== '').map(text)
  return packet(0x10, [text('MQTT'), Buffer.from([4, flags, 0, 0]), text(options.clientId), ...credentials])
}

export function subscribe(id: number, topics: readonly string[], qos: number): Buffer {
  return packet(0x82, [word(id), ...topics.flatMap((topic) => [text(topic), Buffer.from([qos])])])
}

/** `id` is used with QoS 1 only. */
export function publish(topic: string, payload: string, qos: number, id: number): Buffer {
  return packet(0x30 | (qos << 1), [text(topic), ...(qos === 0 ? [] : [word(id)]), Buffer.from(payload)])
}

export function publishAck(id: number): Buffer {
  return packet(0x40, [word(id)])
}

function packet(head: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  for (let left = body.length; ; left >>>= 7) {
    const isLast = left < 0x80
    length.push((left & 0x7f) | (isLast ? 0 : 0x80))
    if (isLast) break
  }
  return Buffer.concat([Buffer.from([head, ...length]), body])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([word(bytes.length), bytes])
}

function word(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}
