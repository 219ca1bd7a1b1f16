import type { Workload } from '../workload.js'
import { balancer } from './balancer.js'
import { broadcast } from './broadcast.js'
import { broker } from './broker.js'
import { connect } from './connect.js'
import { publish } from './publish.js'
import { receive } from './receive.js'

export const workloads: Readonly<Record<string, Workload>> = {
  receive,
  publish,
  connect,
  broadcast,
  balancer,
  broker,
}
