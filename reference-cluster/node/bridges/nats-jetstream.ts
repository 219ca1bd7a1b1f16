import type { Bridge } from './bridge.js'
import { NatsBridge } from './nats/bridge.js'
import { JetStreamHistory } from './nats/history.js'
import { JetStreamPublisher } from './nats/jetstream-publisher.js'
import { NatsSession } from './nats/session.js'
import { StreamKeeper } from './nats/stream.js'
import { StreamReader } from './nats/stream-reader.js'
import type { BrokerPublisher } from './publisher.js'

/** One JetStream stream keeps every channel, and every node reads it. */
export function createBridge(brokerUrl: string, patienceMs: number): Bridge {
  const session = new NatsSession(brokerUrl, patienceMs)
  const keeper = new StreamKeeper(session)
  return new NatsBridge({
    session,
    publisher: new JetStreamPublisher(session),
    history: new JetStreamHistory(session, keeper),
    subscribe(deliver) {
      const reader = new StreamReader(session, keeper, deliver)
      return () => reader.caughtUp()
    },
  })
}

/** The nodes create the stream; until then, publishes are refused. */
export function createPublisher(brokerUrl: string, patienceMs: number): BrokerPublisher {
  return new JetStreamPublisher(new NatsSession(brokerUrl, patienceMs))
}
