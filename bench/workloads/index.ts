import type { Workload } from '../workload.js'
import { balancer } from './balancer.js'
import { broadcast } from './broadcast.js'
import { broker } from './broker.js'
import { connect } from './connect.js'
import { garbage } from './garbage.js'
import { publish } from './publish.js'
import { receive } from './receive.js'

export const workloads: Readonly<Record<string, Workload>> = {
  receive,
  garbage,
  publish,
  connect,
  broadcast,
  balancer,
  broker,
}
