import { WEBSOCKET_PATH } from '../../protocols/reference.js'
import type { CaddyAffinity } from '../affinity/strategy.js'
import type { TlsFiles } from '../tls/tls-files.js'
import { GENERATION_PATH, type ListedNode } from './running-reloaded.js'
import { type BalancerSettings, writeTime } from './settings.js'

export interface CaddySettings {
  readonly listen: { readonly host: string; readonly port: number }
  readonly tls: TlsFiles | null
  /** Path of the Unix socket of its admin API. */
  readonly adminSocket: string
  readonly affinity: CaddyAffinity
  readonly settings: BalancerSettings['caddy']
  readonly nodes: readonly ListedNode[]
  readonly generation: number
}

/** The whole Caddyfile of one process. */
export function renderCaddyfile(settings: CaddySettings): string {
  const { listen, tls, adminSocket, generation } = settings
  return `{
  admin unix/${adminSocket} {
    origins localhost
  }
  auto_https off
  log {
    level ERROR
  }
  servers {
    protocols h1
  }
}

${tls ? 'https' : 'http'}://:${listen.port} {
  bind ${listen.host}${tls ? `\n  tls ${tls.certificateFile} ${tls.keyFile}` : ''}
  respond ${GENERATION_PATH} "${generation}"
${reverseProxy(settings, '/health')}
${reverseProxy(settings, `${WEBSOCKET_PATH}*`)}
}
`
}

/** Without its defaults of 250 ms between tries, and of no memory of nodes that refused a connection. */
function reverseProxy({ affinity, settings, nodes }: CaddySettings, path: string): string {
  const inPool = nodes.filter(({ isDown }) => !isDown)
  return `  reverse_proxy ${[path, ...inPool.map(({ host, port }) => `${host}:${port}`)].join(' ')} {
    lb_policy ${affinity.policy}
    lb_try_duration ${writeTime(settings.tryDuration)}
    lb_try_interval 10ms
    fail_duration ${writeTime(settings.failDuration)}
    health_uri /health
    health_interval 1s
    health_timeout 1s${stream('close_delay', settings.streamCloseDelay)}${stream('timeout', settings.streamTimeout)}
  }`
}

function stream(name: string, ms: number | undefined): string {
  return ms === undefined ? '' : `\n    stream_${name} ${writeTime(ms)}`
}
