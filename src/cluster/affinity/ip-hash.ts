import type { Strategy } from './strategy.js'

/**
 * All clients of one source go to one node. nginx hashes the first three octets of an IPv4 address, modulo total weight, so a
 * /24 is one source. HAProxy hashes the whole address, on a consistent ring.
 */
export const ipHash: Strategy = {
  name: 'ip-hash',
  summary: 'a hash of the source: its /24 with nginx (first three octets), its whole address with HAProxy',
  key: 'address',
  nginx: { balance: 'ip_hash;', isCookie: false },
  // HAProxy has 16 points per unit of weight: with weight 1 four nodes differ by a quarter, with 100 by about 2 %.
  haproxy: { backend: ['balance source', 'hash-type consistent'], server: () => 'weight 100' },
  caddy: { policy: 'ip_hash' },
  apache: null,
  embedded: 'ip-hash',
}
