import { CLIENT_ID_PARAMETER } from '../../protocols/reference.js'
import type { Strategy } from './strategy.js'

/**
 * The next node on a ring after the hash of the client's id. A node that joins takes 1/N of the clients from the others; a
 * node that leaves only moves its own clients. Points per node: nginx 160, HAProxy 16 × weight, embedded 160.
 */
export const consistentHash: Strategy = {
  name: 'consistent-hash',
  summary: `a ring hash of the client's id, ?${CLIENT_ID_PARAMETER}=… in the URL; an added node moves 1/N of the clients`,
  key: 'client-id',
  nginx: { balance: `hash $arg_${CLIENT_ID_PARAMETER} consistent;`, isCookie: false },
  haproxy: {
    backend: [`balance url_param ${CLIENT_ID_PARAMETER}`, 'hash-type consistent'],
    server: () => 'weight 100',
  },
  caddy: { policy: 'uri_hash' },
  apache: null,
  embedded: 'consistent-hash',
}
