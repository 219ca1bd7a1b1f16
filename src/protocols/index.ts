import { centrifugo } from './centrifugo.js'
import { graphqlTransportWs } from './graphql-transport-ws.js'
import { json } from './json.js'
import type { ProtocolKind } from './kind.js'
import { mqtt } from './mqtt.js'
import { phoenix } from './phoenix.js'
import type { Protocol } from './protocol.js'
import { socketIo } from './socket-io.js'
import { stomp } from './stomp.js'

/** Every protocol by its name in a scenario, except `reference`, which the generator implements itself. */
export const protocols = {
  json,
  'socket.io': socketIo,
  mqtt,
  centrifugo,
  phoenix,
  'graphql-transport-ws': graphqlTransportWs,
  stomp,
} as const

export type ProtocolName = keyof typeof protocols

/** Creates the protocol; `options` must have been parsed by its schema. */
export function createProtocol(kind: ProtocolName, options: Readonly<Record<string, unknown>>): Protocol {
  return (protocols[kind] as unknown as ProtocolKind<unknown>).create(options)
}
