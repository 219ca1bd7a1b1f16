import type { ConfigRule } from '../../rule.js'
import type { Directive } from '../directive.js'
import { cookieNotOn101 } from './cookie-not-on-101.js'
import { hashRemaps } from './hash-remaps.js'
import { ipHashBehindProxy } from './ip-hash-behind-proxy.js'
import { readTimeout } from './read-timeout.js'
import { shutdownTimeout } from './shutdown-timeout.js'
import { upgradeHeaders } from './upgrade-headers.js'
import { workerConnections } from './worker-connections.js'

export const nginxRules: readonly ConfigRule<Directive>[] = [
  upgradeHeaders,
  readTimeout,
  ipHashBehindProxy,
  hashRemaps,
  cookieNotOn101,
  shutdownTimeout,
  workerConnections,
]
