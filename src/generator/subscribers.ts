import type { DeliveryTracker } from '../results/delivery/tracker.js'
import type { Traffic } from './connection-counters.js'
import type { Disturbable } from './disturbances.js'
import type { Heartbeats } from './heartbeats.js'

/** The subscribers of one worker, whatever protocol they speak. Indexes are local to the worker. */
export interface Subscribers extends Disturbable {
  readonly traffic: Traffic
  readonly tracker: DeliveryTracker
  /** Null where the plan has none. */
  readonly heartbeats: Heartbeats | null
  /** How many have been subscribed at least once. */
  readonly opened: number
  connect(client: number): void
}
