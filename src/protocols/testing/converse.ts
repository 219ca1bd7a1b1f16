import { createProtocol, type ProtocolName, protocols } from '../index.js'
import type { Conversation } from '../protocol.js'
import type { recordingPeer } from './recording-peer.js'

/** Test support: the conversation of a protocol with these settings. */
export function converse(
  kind: ProtocolName,
  given: object,
  peer: ReturnType<typeof recordingPeer>,
): Conversation {
  const options = protocols[kind].options.parse(given) as unknown as Readonly<Record<string, unknown>>
  return createProtocol(kind, options).start(peer)
}
