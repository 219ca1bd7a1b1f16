import { AFFINITY_COOKIE } from '../../protocols/reference.js'
import type { Strategy } from './strategy.js'

/** The node named by the client's cookie; round-robin, and a cookie in the 101, for who has none or one of a node gone. */
export const cookie: Strategy = {
  name: 'cookie',
  summary: `the node that the ${AFFINITY_COOKIE} cookie names; round-robin and a new cookie for who has none`,
  key: 'cookie',
  nginx: { balance: '', isCookie: true },
  haproxy: {
    backend: ['balance roundrobin', `cookie ${AFFINITY_COOKIE} insert indirect nocache httponly`],
    server: (id) => `cookie ${id}`,
  },
  embedded: 'cookie',
}
