import { join } from 'node:path'
import { AFFINITY_COOKIE, WEBSOCKET_PATH } from '../../protocols/reference.js'
import type { NginxAffinity } from '../affinity/strategy.js'
import type { TlsFiles } from '../tls/tls-files.js'
import { GENERATION_PATH, type ListedNode } from './running-reloaded.js'
import { type BalancerSettings, writeTime } from './settings.js'

/** Each connection slot takes about 400 bytes of a worker's memory, used or not. */
const MOST_WORKER_CONNECTIONS = 65_536

export interface NginxSettings {
  /** Directory of its pid file and temporary files. */
  readonly directory: string
  /** User of the workers; null: nginx's default. */
  readonly user: string | null
  /** Whether each worker has a listen queue of its own. */
  readonly hasReuseport: boolean
  readonly listen: { readonly host: string; readonly port: number }
  readonly processes: number
  readonly descriptors: number
  readonly affinity: NginxAffinity
  readonly settings: BalancerSettings['nginx']
  readonly servers: readonly ListedNode[]
  readonly sources: readonly string[]
  readonly tls: TlsFiles | null
  readonly generation: number
}

/** Each client needs two: its own connection and the one to the node. */
export function workerConnections(descriptors: number): number {
  return Math.min(MOST_WORKER_CONNECTIONS, descriptors - Math.max(64, Math.floor(descriptors / 20)))
}

/** The whole nginx.conf. nginx writes only into its directory. */
export function renderNginxConfig(settings: NginxSettings): string {
  const { directory, affinity, user } = settings
  const shutdown = settings.settings.workerShutdownTimeout
  return `${user === null ? '' : `user ${user};\n`}daemon off;
worker_processes ${settings.processes};
worker_rlimit_nofile ${settings.descriptors};
pid ${join(directory, 'nginx.pid')};
error_log stderr warn;
${shutdown === undefined ? '' : `worker_shutdown_timeout ${writeTime(shutdown)};\n`}
events {
  worker_connections ${workerConnections(settings.descriptors)};
  multi_accept on;
}

http {
  access_log off;
${temporaryPaths(directory)}

${upstream('nodes', affinity.balance, settings)}
${sourceChoice(settings.sources)}${affinity.isCookie ? cookieRouting(settings) : ''}
${server(settings)}
}
`
}

function temporaryPaths(directory: string): string {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${join(directory, `nginx-${kind}`)};`)
    .join('\n')
}

function upstream(
  name: string,
  balance: string,
  { servers, settings }: Pick<NginxSettings, 'servers' | 'settings'>,
  primary?: ListedNode,
): string {
  const fails = `max_fails=${settings.maxFails} fail_timeout=${writeTime(settings.failTimeout)}`
  const lines = servers.map((server) => {
    const isBackup = primary !== undefined && server.id !== primary.id
    return `    server ${addressOf(server)} ${fails}${isBackup ? ' backup' : ''}${server.isDown ? ' down' : ''};`
  })
  return [`  upstream ${name} {`, ...(balance === '' ? [] : [`    ${balance}`]), ...lines, '  }'].join('\n')
}

/**
 * Cookie affinity without the commercial `sticky`: one upstream per node in the pool, with the others as backups. The cookie
 * selects the upstream; if another node answered, the cookie is set to that node.
 */
function cookieRouting(settings: NginxSettings): string {
  const { servers } = settings
  const inPool = servers.filter((server) => !server.isDown)
  const lines = (make: (server: ListedNode) => string) =>
    inPool.map((server) => `    ${make(server)}`).join('\n')
  return `
${inPool.map((server) => upstream(`only_${server.id}`, '', settings, server)).join('\n')}
  map $cookie_${AFFINITY_COOKIE} $wsbench_upstream {
    default nodes;
${lines((server) => `${server.id} only_${server.id};`)}
  }
  # After a retry $upstream_addr lists all addresses tried; the last one answered.
  map $upstream_addr $wsbench_node {
    default "";
${lines((server) => `"~(^|\\s)${addressOf(server).replaceAll('.', '\\.')}$" ${server.id};`)}
  }
  map "$cookie_${AFFINITY_COOKIE} $wsbench_node" $wsbench_set_cookie {
    default "${AFFINITY_COOKIE}=$wsbench_node; Path=/; HttpOnly";
    "~^(?<given>\\S*) \\k<given>$" "";
    "~ $" "";
  }
`
}

/** Spreads connections over the addresses to connect from: each address has its ports once per node. */
function sourceChoice(sources: readonly string[]): string {
  if (sources.length === 0) return ''
  const share = (100 / sources.length).toFixed(2)
  const lines = sources.map(
    (source, index) => `    ${index < sources.length - 1 ? `${share}%` : '*'} ${source};`,
  )
  return `  split_clients "$remote_addr:$remote_port" $wsbench_source {\n${lines.join('\n')}\n  }\n`
}

function server(all: NginxSettings): string {
  const { listen, hasReuseport, affinity, settings, tls, sources, generation } = all
  const reuseport = hasReuseport ? ' reuseport' : ''
  const pass = affinity.isCookie ? '$wsbench_upstream' : 'nodes'
  return `  server {
    listen ${listen.host}:${listen.port}${tls ? ' ssl' : ''}${reuseport} backlog=65535;${tls ? certificateOf(tls) : ''}

    proxy_http_version 1.1;
    proxy_connect_timeout ${writeTime(settings.proxyConnectTimeout)};
    proxy_next_upstream error timeout;
    proxy_read_timeout ${writeTime(settings.proxyReadTimeout)};
    proxy_send_timeout 1h;${sources.length > 0 ? '\n    proxy_bind $wsbench_source;' : ''}

    location ${WEBSOCKET_PATH} {
      proxy_pass http://${pass};
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Host $host;${affinity.isCookie ? '\n      add_header Set-Cookie $wsbench_set_cookie always;' : ''}
    }
    location = /health {
      proxy_pass http://nodes;
    }
    location = ${GENERATION_PATH} {
      return 200 "${generation}";
    }
  }`
}

function certificateOf({ certificateFile, keyFile }: TlsFiles): string {
  return `
    ssl_certificate ${certificateFile};
    ssl_certificate_key ${keyFile};
    ssl_protocols TLSv1.2 TLSv1.3;`
}

function addressOf(server: ListedNode): string {
  return `${server.host}:${server.port}`
}
