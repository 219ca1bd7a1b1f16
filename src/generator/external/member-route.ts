import type { PublishHeader } from '../../protocols/reference.js'
import type { Ledger } from '../ledger.js'
import type { PublisherRoute } from '../publisher-route.js'
import type { WorkerContext } from '../worker-context.js'
import { publishOver } from './publish-over.js'
import type { Member, TargetConnection } from './target-connection.js'

/** A member that publishes to one of its channels, on the connection on which it is subscribed. */
export class MemberRoute implements PublisherRoute, Member {
  /** The client counts what refuses it. */
  readonly refusalIfAbsent = null

  constructor(
    readonly context: WorkerContext,
    readonly connection: TargetConnection,
    readonly index: number,
    readonly sizeBytes: number,
    readonly ledger: Ledger,
  ) {
    connection.members.push(this)
  }

  get isOpen(): boolean {
    return this.connection.isReady
  }

  /** The client connects and disconnects. */
  connect(): void {}
  destroy(): void {}

  /** A connection has one numbering for all its channels: with two, 1, 3, 5, … and 2, 4, 6, … */
  send(header: PublishHeader): boolean {
    const { members } = this.connection
    const number = (header.sequence - 1) * members.length + members.indexOf(this) + 1
    return publishOver(this.connection, this.context, header, this.sizeBytes, number)
  }
}

/** The member and its sequence number behind a number of `send`; null if there is none. */
export function memberOf(
  { members }: TargetConnection,
  number: number,
): { readonly member: Member; readonly sequence: number } | null {
  const member = members[(number - 1) % members.length]
  return member === undefined ? null : { member, sequence: Math.floor((number - 1) / members.length) + 1 }
}
