import type { Strategy } from './strategy.js'

/**
 * Of two nodes drawn at random, the one with fewer connections (Mitzenmacher, "The Power of Two Choices", 2001). It balances
 * nearly as well as least-connections, and several balancers don't all choose the same empty node.
 */
export const randomTwo: Strategy = {
  name: 'random-two',
  summary:
    'two nodes drawn at random, the one of them with fewer connections; HAProxy may draw one node twice',
  key: 'none',
  nginx: { balance: 'random two least_conn;', isCookie: false },
  // HAProxy draws on the ring of consistent hashing, which is only even with many points.
  haproxy: { backend: ['balance random(2)'], server: () => 'weight 100' },
  caddy: { policy: 'random_choose 2' },
  apache: null,
  embedded: 'random-two',
}
