import { AFFINITY_COOKIE } from '../../protocols/reference.js'
import type { Strategy } from './strategy.js'

/** The node that the client's cookie names. Without a cookie, or if that node is gone: round-robin, and a cookie in the 101. */
export const cookie: Strategy = {
  name: 'cookie',
  summary: `the node that the ${AFFINITY_COOKIE} cookie names; round-robin and a new cookie for clients without one`,
  key: 'cookie',
  nginx: { balance: '', isCookie: true },
  haproxy: {
    backend: ['balance roundrobin', `cookie ${AFFINITY_COOKIE} insert indirect nocache httponly`],
    server: (id) => `cookie ${id}`,
  },
  caddy: { policy: `cookie ${AFFINITY_COOKIE}` },
  apache: null,
  embedded: 'cookie',
}
