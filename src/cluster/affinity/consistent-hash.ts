import { CLIENT_ID_PARAMETER } from '../../protocols/reference.js'
import type { Strategy } from './strategy.js'

/**
 * The next node on a ring from where the client's id hashes to. A node that joins takes 1/N of the clients from the
 * others, one that leaves gives its own away; nobody else moves. Points of a node: nginx 160, HAProxy 16 × weight,
 * embedded 160.
 */
export const consistentHash: Strategy = {
  name: 'consistent-hash',
  summary: `a ring hash of the client's id, ?${CLIENT_ID_PARAMETER}=… in the URL; a node added moves 1/N of the clients`,
  key: 'client-id',
  nginx: { balance: `hash $arg_${CLIENT_ID_PARAMETER} consistent;`, isCookie: false },
  haproxy: {
    backend: [`balance url_param ${CLIENT_ID_PARAMETER}`, 'hash-type consistent'],
    server: () => 'weight 100',
  },
  embedded: 'consistent-hash',
}
