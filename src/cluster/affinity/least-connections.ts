import type { Strategy } from './strategy.js'

/**
 * The node with the fewest connections; each nginx worker and each HAProxy process counts its own. A reload of nginx resets
 * the counts, so a node just added is not favoured.
 */
export const leastConnections: Strategy = {
  name: 'least-connections',
  summary: 'the node with the fewest open connections; nginx counts from zero again after each reload',
  key: 'none',
  nginx: { balance: 'least_conn;', isCookie: false },
  haproxy: { backend: ['balance leastconn'], server: () => '' },
  caddy: { policy: 'least_conn' },
  apache: { method: 'bybusyness' },
  embedded: 'least-connections',
}
