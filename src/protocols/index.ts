import { centrifugo } from './centrifugo.js'
import { graphqlTransportWs } from './graphql-transport-ws.js'
import { json } from './json.js'
import type { ProtocolKind } from './kind.js'
import { mqtt } from './mqtt.js'
import { phoenix } from './phoenix.js'
import type { Protocol } from './protocol.js'
import { socketIo } from './socket-io.js'
import { stomp } from './stomp.js'

/** Every protocol by the name a scenario uses, but `reference`, which is the hot path's own. */
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

/** What `options`, which this kind has validated, make. */
export function createProtocol(kind: ProtocolName, options: Readonly<Record<string, unknown>>): Protocol {
  return (protocols[kind] as unknown as ProtocolKind<unknown>).create(options)
}
