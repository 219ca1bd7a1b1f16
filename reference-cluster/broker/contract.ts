import { z } from 'zod'

/** JSON in the environment variable WSBENCH_BROKER. */
export const brokerConfig = z.strictObject({
  host: z.string(),
  /** 0: any free port; `ready` says which. */
  port: z.int().min(0).max(65_535),
})

export type BrokerConfig = z.infer<typeof brokerConfig>

/** Parent → broker over IPC: close every connection. Answered by `disconnected`, with how many there were. */
export type ToBroker = { readonly type: 'disconnect' }

/** Broker → parent over IPC. */
export type FromBroker =
  | { readonly type: 'disconnected'; readonly connections: number }
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'fault'; readonly message: string }
