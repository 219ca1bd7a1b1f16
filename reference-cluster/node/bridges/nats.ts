import { FANOUT_TOPIC } from '../../../src/protocols/reference.js'
import type { Bridge } from './bridge.js'
import { NatsBridge, payloadOf } from './nats/bridge.js'
import { NatsLink } from './nats/link.js'
import { NatsPublisher } from './nats/publisher.js'
import type { BrokerPublisher } from './publisher.js'

/** Core NATS, one subject for all. */
export function createBridge(brokerUrl: string): Bridge {
  const link = new NatsLink(brokerUrl)
  const publisher = new NatsPublisher(link)
  return new NatsBridge({ link, publisher, subject: FANOUT_TOPIC, read: payloadOf, history: null })
}

export function createPublisher(brokerUrl: string): BrokerPublisher {
  return new NatsPublisher(new NatsLink(brokerUrl))
}
