import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { clientFinTimeout } from './client-fin-timeout.js'
import { cookieNeedsHttp } from './cookie-needs-http.js'
import { hardStop } from './hard-stop.js'
import { hashRemaps } from './hash-remaps.js'
import { noCheck } from './no-check.js'
import { shutdownSessions } from './shutdown-sessions.js'
import { slowRedispatch } from './slow-redispatch.js'
import { sourceBehindProxy } from './source-behind-proxy.js'
import { timeoutInWrongSection } from './timeout-in-wrong-section.js'
import { tunnelTimeout } from './tunnel-timeout.js'
import { unevenRing } from './uneven-ring.js'

export const haproxyRules: readonly ConfigRule<readonly Section[]>[] = [
  cookieNeedsHttp,
  timeoutInWrongSection,
  tunnelTimeout,
  slowRedispatch,
  sourceBehindProxy,
  hashRemaps,
  unevenRing,
  noCheck,
  shutdownSessions,
  hardStop,
  clientFinTimeout,
]
