import { bridges } from '../../reference-cluster/node/bridges/index.js'
import type { BrokerPublisher, PublishOutcome } from '../../reference-cluster/node/bridges/publisher.js'
import { nowMicros } from '../base/clock.js'
import { writeFiller } from '../protocols/filler.js'
import { HEADER_BYTES, type PublishHeader, sealOf, writePublish } from '../protocols/reference.js'
import type { Ledger } from './ledger.js'
import type { PublisherRoute } from './publisher-route.js'
import type { WorkerContext } from './worker-context.js'

/**
 * Publishes straight to the broker, as a back-end service does. All publishers of a worker share one connection. The broker's
 * confirmation is the ack.
 */
export class BackendPublisher {
  readonly #context: WorkerContext
  #opening: Promise<void> | null = null
  #broker: BrokerPublisher | null = null
  readonly #ledgers: Ledger[] = []

  constructor(context: WorkerContext) {
    this.#context = context
  }

  get isOpen(): boolean {
    return this.#broker?.isOpen ?? false
  }

  route(ledger: Ledger, sizeBytes: number): PublisherRoute {
    this.#ledgers.push(ledger)
    return new BackendRoute(this, ledger, sizeBytes)
  }

  /** Opens the connection on the first call; later calls do nothing. */
  open(): void {
    this.#opening ??= this.#open()
  }

  async publish(message: Buffer): Promise<PublishOutcome> {
    return (await this.#broker?.publish(message)) ?? 'refused'
  }

  close(): void {
    void this.#broker?.close()
  }

  async #open(): Promise<void> {
    this.#broker = await createPublisher(this.#context)
    this.#broker.open(() => {
      for (const ledger of this.#ledgers) {
        if (this.isOpen) ledger.connected(null, nowMicros())
        else ledger.disconnected(nowMicros())
      }
    })
  }
}

/** The publisher of the plan's bridge. */
async function createPublisher({ plan, brokerUrl }: WorkerContext): Promise<BrokerPublisher> {
  const bridge = await bridges[plan.cluster.bridge].load()
  if (bridge.createPublisher === null || brokerUrl === null)
    throw new Error('there is no broker to publish to')
  return bridge.createPublisher(brokerUrl, plan.cluster.brokerPatienceMs)
}

class BackendRoute implements PublisherRoute {
  readonly refusalIfAbsent = null

  constructor(
    readonly backend: BackendPublisher,
    readonly ledger: Ledger,
    readonly sizeBytes: number,
  ) {}

  get isOpen(): boolean {
    return this.backend.isOpen
  }

  connect(): void {
    this.backend.open()
  }

  send(header: PublishHeader): boolean {
    if (!this.isOpen) return false
    void this.#publish(header)
    return true
  }

  destroy(): void {
    this.backend.close()
  }

  async #publish(header: PublishHeader): Promise<void> {
    const outcome = await this.backend.publish(encodePublish(header, this.sizeBytes))
    if (outcome === 'accepted') this.ledger.acked(header.sequence)
    else if (outcome === 'refused') this.ledger.refused(header.sequence)
  }
}

/** A message of `sizeBytes`: the header, then filler. */
function encodePublish(header: PublishHeader, sizeBytes: number): Buffer {
  const message = Buffer.allocUnsafe(sizeBytes)
  writePublish(message, 0, header)
  writeFiller(message, HEADER_BYTES, sealOf(header))
  return message
}
