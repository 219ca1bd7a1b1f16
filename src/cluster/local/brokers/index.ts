import type { BrokerKind } from '../../../../reference-cluster/node/bridges/bridge.js'
import type { BrokerProgram } from './broker-program.js'
import { natsServer } from './nats-server.js'
import { redisServer } from './redis-server.js'

/** Every real broker, by the scheme of its URL. */
export const brokerPrograms = {
  redis: redisServer,
  nats: natsServer,
} as const satisfies Record<BrokerKind, BrokerProgram>
