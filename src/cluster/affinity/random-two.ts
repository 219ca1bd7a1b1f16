import type { Strategy } from './strategy.js'

/**
 * The emptier of two nodes drawn at random (Mitzenmacher, "The Power of Two Choices", 2001): nearly the balance of
 * least-connections, and balancers that don't know of each other's connections don't all run to the same empty node.
 */
export const randomTwo: Strategy = {
  name: 'random-two',
  summary:
    'two nodes drawn at random, the one of them with fewer connections; HAProxy may draw one node twice',
  key: 'none',
  nginx: { balance: 'random two least_conn;', isCookie: false },
  // It draws on the ring of consistent hashing, which is even only with many points.
  haproxy: { backend: ['balance random(2)'], server: () => 'weight 100' },
  embedded: 'random-two',
}
