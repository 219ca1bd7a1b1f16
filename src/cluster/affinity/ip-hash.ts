import type { Strategy } from './strategy.js'

/**
 * One source, one node. The sources differ: nginx hashes the first three octets of an IPv4 address, so that a /24 is one
 * source, modulo total weight; HAProxy hashes the whole address, on a consistent ring.
 */
export const ipHash: Strategy = {
  name: 'ip-hash',
  summary: 'a hash of the source: its /24 with nginx (first three octets), its whole address with HAProxy',
  key: 'address',
  nginx: { balance: 'ip_hash;', isCookie: false },
  // 16 points per unit of weight: at weight 1 four nodes differ by a quarter, at 100 by some 2 %.
  haproxy: { backend: ['balance source', 'hash-type consistent'], server: () => 'weight 100' },
  embedded: 'ip-hash',
}
