/**
 * What can be done to the clients themselves. cut: connections are closed without a Close frame, and the clients reconnect
 * as after any disconnect. stall: the connections that are open at that moment are not read from. churn: once in each
 * period of `everyMs`, at a time of its own, each client is disconnected and reconnects `offlineMs` later; nobody is disconnected
 * after `forMs`, however late the word arrives that it ends.
 */
export type Disturbance =
  | { readonly kind: 'cut'; readonly share: number }
  | { readonly kind: 'stall'; readonly share: number }
  | { readonly kind: 'churn'; readonly everyMs: number; readonly offlineMs: number; readonly forMs: number }

/**
 * Begins the disturbance of an event in every worker; which clients are affected, and when, follows from `seed`. The returned
 * function ends it.
 */
export type Disturb = (event: string, disturbance: Disturbance, seed: number) => () => void
