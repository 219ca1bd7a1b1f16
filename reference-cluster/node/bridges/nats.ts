import { FANOUT_TOPIC } from '../../../src/protocols/reference.js'
import type { Bridge } from './bridge.js'
import { NatsBridge } from './nats/bridge.js'
import { payloadOf } from './nats/message.js'
import { NatsPublisher } from './nats/publisher.js'
import { NatsSession } from './nats/session.js'
import type { BrokerPublisher } from './publisher.js'

/** Core NATS, one subject for all channels. */
export function createBridge(brokerUrl: string, patienceMs: number): Bridge {
  const session = new NatsSession(brokerUrl, patienceMs)
  return new NatsBridge({
    session,
    publisher: new NatsPublisher(session),
    history: null,
    subscribe(deliver) {
      session.prepareOnce((connection) => {
        connection.subscribe(FANOUT_TOPIC, { callback: (_error, message) => deliver(payloadOf(message)) })
      })
      return async () => session.connection?.flush()
    },
  })
}

export function createPublisher(brokerUrl: string, patienceMs: number): BrokerPublisher {
  return new NatsPublisher(new NatsSession(brokerUrl, patienceMs))
}
