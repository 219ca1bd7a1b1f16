import type { Bridge } from './bridge.js'
import { NatsBridge } from './nats/bridge.js'
import { JetStreamHistory } from './nats/history.js'
import { JetStreamPublisher } from './nats/jetstream-publisher.js'
import { NatsSession } from './nats/session.js'
import { StreamKeeper } from './nats/stream.js'
import { StreamReader } from './nats/stream-reader.js'
import type { BrokerPublisher } from './publisher.js'

/** A JetStream stream that keeps every channel, and that every node reads. */
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

/** It relies on the nodes for the stream to be there: without it, a publish is refused. */
export function createPublisher(brokerUrl: string, patienceMs: number): BrokerPublisher {
  return new JetStreamPublisher(new NatsSession(brokerUrl, patienceMs))
}
