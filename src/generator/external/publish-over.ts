import type { PublishHeader } from '../../protocols/reference.js'
import { encodePayload } from '../../protocols/tag.js'
import { channelName } from '../channel-name.js'
import type { WorkerContext } from '../worker-context.js'
import type { TargetConnection } from './target-connection.js'

/** `number`: the message's on that connection, by which the server may answer. False if it can't be sent. */
export function publishOver(
  connection: TargetConnection,
  { plan }: WorkerContext,
  header: PublishHeader,
  sizeBytes: number,
  number: number = header.sequence,
): boolean {
  return connection.publish({
    channel: channelName(plan.channels, header.channel),
    payload: encodePayload(header, sizeBytes),
    sequence: number,
  })
}
