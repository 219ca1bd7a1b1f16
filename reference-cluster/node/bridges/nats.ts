import { FANOUT_TOPIC } from '../../../src/protocols/reference.js'
import type { Bridge } from './bridge.js'
import { NatsBridge } from './nats/bridge.js'
import { NatsLink } from './nats/link.js'
import { payloadOf } from './nats/message.js'
import { NatsPublisher } from './nats/publisher.js'
import type { BrokerPublisher } from './publisher.js'

/** Core NATS, one subject for all. */
export function createBridge(brokerUrl: string, patienceMs: number): Bridge {
  const link = new NatsLink(brokerUrl, patienceMs)
  return new NatsBridge({
    link,
    publisher: new NatsPublisher(link),
    history: null,
    subscribe(deliver) {
      link.prepareOnce((connection) => {
        connection.subscribe(FANOUT_TOPIC, { callback: (_error, message) => deliver(payloadOf(message)) })
      })
      return async () => link.connection?.flush()
    },
  })
}

export function createPublisher(brokerUrl: string, patienceMs: number): BrokerPublisher {
  return new NatsPublisher(new NatsLink(brokerUrl, patienceMs))
}
