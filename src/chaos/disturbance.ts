/**
 * What can be done to the clients themselves. cut: connections end without a word, and the clients come back as after any
 * break. stall: the connections open at that moment are not read from. churn: once in each period of `everyMs`, at a moment
 * of its own, each client is cut, to come back `offlineMs` later.
 */
export type Disturbance =
  | { readonly kind: 'cut'; readonly share: number }
  | { readonly kind: 'stall'; readonly share: number }
  | { readonly kind: 'churn'; readonly everyMs: number; readonly offlineMs: number }

/** Begins a disturbance in every worker; who is affected and when follows from `seed`. The function returned ends it. */
export type Disturb = (disturbance: Disturbance, seed: number) => () => void
