import { z } from 'zod'
import { type JsonOptions, json } from './json.js'
import type { ProtocolKind } from './kind.js'
import { type MqttOptions, mqtt } from './mqtt.js'
import type { Protocol } from './protocol.js'
import { type SocketIoOptions, socketIo } from './socket-io.js'
import type { Template } from './template.js'

const template: z.ZodType<Template> = z.json() as z.ZodType<Template>
const text = z.string({ error: 'expected text' })

const jsonKind: ProtocolKind<JsonOptions> = {
  summary: 'any server that takes a text frame to subscribe and one to publish',
  options: z.strictObject({
    subscribe: template.default(null).describe('sent for each channel; {channel} is filled in'),
    subscribed: text.default('').describe('text of the frame that confirms it; without: confirmed once sent'),
    publish: template.default('{payload}').describe('sent for each message; {channel}, {payload}'),
  }),
  create: json,
}

const socketIoEvent = (event: string, args: readonly Template[]) =>
  z
    .strictObject({
      event: text.default(event),
      args: z
        .array(template, { error: 'expected a list' })
        .default([...args])
        .describe('{channel}, {payload}'),
      confirm: z
        .enum(['ack', 'probe', 'none'])
        .default('probe')
        .describe('ack: the handler calls back; probe: an unknown namespace answers behind it; none'),
    })
    .prefault({})

const socketIoKind: ProtocolKind<SocketIoOptions> = {
  summary: 'Socket.IO 4, default namespace, WebSocket transport',
  options: z.strictObject({
    subscribe: socketIoEvent('join-room', ['{channel}']),
    publish: socketIoEvent('send-message', [{ roomId: '{channel}', message: '{payload}' }]),
    auth: template.default({}).describe('sent with CONNECT; {client}, {env:NAME}'),
    recover: z.boolean({ error: 'expected true or false' }).default(true).describe('ask for what was missed'),
  }),
  create: socketIo,
}

const mqttKind: ProtocolKind<MqttOptions> = {
  summary: 'MQTT 3.1.1 over a WebSocket, QoS 0 and 1',
  options: z.strictObject({
    qos: z.union([z.literal(0), z.literal(1)], { error: 'expected 0 or 1' }).default(0),
    topic: text.default('wsbench/{channel}').describe('{channel} is filled in'),
    clean: z.boolean({ error: 'expected true or false' }).default(true),
    username: text.default(''),
    password: text.default('').describe('as {env:NAME}'),
  }),
  create: mqtt,
}

/** Every protocol by the name a scenario uses, but `reference`, which is the hot path's own. */
export const protocols = { json: jsonKind, 'socket.io': socketIoKind, mqtt: mqttKind } as const

export type ProtocolName = keyof typeof protocols

/** What `options`, which this kind has validated, make. */
export function createProtocol(kind: ProtocolName, options: Readonly<Record<string, unknown>>): Protocol {
  return (protocols[kind] as unknown as ProtocolKind<unknown>).create(options)
}
