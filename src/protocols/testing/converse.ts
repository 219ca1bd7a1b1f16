import { createProtocol, type ProtocolName, protocols } from '../index.js'
import type { Conversation } from '../protocol.js'
import { emptyTag, readTag } from '../tag.js'
import type { recordingPeer } from './recording-peer.js'

/** Test support: the conversation of a protocol with these settings; packets that it takes come back to it. */
export function converse(
  kind: ProtocolName,
  given: object,
  peer: ReturnType<typeof recordingPeer>,
): Conversation {
  const options = protocols[kind].options.parse(given) as unknown as Readonly<Record<string, unknown>>
  const conversation = createProtocol(kind, options).start(peer)
  peer.packet = (bytes) => {
    if (readTag(bytes, 0, emptyTag()) < 0) conversation.binary?.(bytes)
    else conversation.message?.(bytes)
  }
  return conversation
}
