import { Burst } from '../burst.js'
import { publishedMessage } from './resp.js'

/** Receives the messages of its topics. */
export interface Subscriber {
  /** False when it was disconnected instead. */
  deliver(bytes: Buffer): boolean
}

/** Topics and their subscribers. Topics are compared by their bytes. */
export class Topics {
  /** For all writes to the broker's connections. */
  readonly burst = new Burst()
  readonly #members = new Map<string, Set<Subscriber>>()

  subscribe(topic: Buffer, subscriber: Subscriber): void {
    const name = topic.toString('latin1')
    const members = this.#members.get(name)
    if (members) members.add(subscriber)
    else this.#members.set(name, new Set([subscriber]))
  }

  unsubscribe(topic: Buffer, subscriber: Subscriber): void {
    const name = topic.toString('latin1')
    const members = this.#members.get(name)
    members?.delete(subscriber)
    if (members?.size === 0) this.#members.delete(name)
  }

  /** Encodes the message once and writes it to each subscriber; returns the number of receivers. */
  publish(topic: Buffer, payload: Buffer): number {
    const members = this.#members.get(topic.toString('latin1'))
    if (!members) return 0
    this.burst.message()
    const bytes = publishedMessage(topic, payload)
    let receivers = 0
    for (const member of members) if (member.deliver(bytes)) receivers += 1
    return receivers
  }
}
