import type { Strategy } from './strategy.js'

/**
 * The node with the fewest connections, as each nginx worker and each HAProxy process counts its own. A reload of nginx
 * starts the counts from zero, so that it does not favour a node just added.
 */
export const leastConnections: Strategy = {
  name: 'least-connections',
  summary: 'the node with the fewest open connections; nginx counts from zero again after each reload',
  key: 'none',
  nginx: { balance: 'least_conn;', isCookie: false },
  haproxy: { backend: ['balance leastconn'], server: () => '' },
  embedded: 'least-connections',
}
