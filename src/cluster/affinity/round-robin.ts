import type { Strategy } from './strategy.js'

/** The next node in turn. Each nginx worker and each HAProxy process keeps a turn of its own. */
export const roundRobin: Strategy = {
  name: 'round-robin',
  summary: 'the next node in turn, whatever it carries already',
  key: 'none',
  nginx: { balance: '', isCookie: false },
  haproxy: { backend: ['balance roundrobin'], server: () => '' },
  embedded: 'round-robin',
}
