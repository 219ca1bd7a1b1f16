import type { Msg } from '@nats-io/transport-node'
import type { Bridge } from './bridge.js'
import { NatsBridge, payloadOf } from './nats/bridge.js'
import { JetStreamHistory, withOffset } from './nats/history.js'
import { JetStreamPublisher } from './nats/jetstream-publisher.js'
import { NatsLink } from './nats/link.js'
import { keepStream } from './nats/stream.js'
import type { BrokerPublisher } from './publisher.js'
import { natsSubjects } from './topics.js'

/** A JetStream stream that keeps every channel, and republishes to the nodes what it has stored. */
export function createBridge(brokerUrl: string): Bridge {
  const link = new NatsLink(brokerUrl)
  const publisher = new JetStreamPublisher(link)
  const history = new JetStreamHistory(link, keepStream(link))
  return new NatsBridge({ link, publisher, subject: natsSubjects.allFanout, read, history })
}

/** It relies on the nodes for the stream to be there: without it, a publish is refused. */
export function createPublisher(brokerUrl: string): BrokerPublisher {
  return new JetStreamPublisher(new NatsLink(brokerUrl))
}

function read(message: Msg): Buffer {
  return withOffset(payloadOf(message), Number(message.headers?.get('Nats-Sequence')))
}
