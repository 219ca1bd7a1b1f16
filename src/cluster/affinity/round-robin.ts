import type { Strategy } from './strategy.js'

/** The next node in turn. Each nginx worker and each HAProxy process has its own turn. */
export const roundRobin: Strategy = {
  name: 'round-robin',
  summary: 'the next node in turn, however many connections it has',
  key: 'none',
  nginx: { balance: '', isCookie: false },
  haproxy: { backend: ['balance roundrobin'], server: () => '' },
  caddy: { policy: 'round_robin' },
  apache: { method: 'byrequests' },
  embedded: 'round-robin',
}
