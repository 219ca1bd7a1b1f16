import { join } from 'node:path'
import type { ApacheAffinity } from '../affinity/strategy.js'
import type { TlsFiles } from '../tls/tls-files.js'
import { GENERATION_PATH, type ListedNode } from './running-reloaded.js'
import type { BalancerSettings } from './settings.js'

/** Where httpd shows which of its child processes accept connections. */
export const STATUS_PATH = '/wsbench-status'

/** A child that was told to end stays in the scoreboard until its last connection has closed. */
const GENERATIONS = 16
const USER_NOBODY = 65_534

export interface ApacheSettings {
  /** Directory of its pid file and shared memory. */
  readonly directory: string
  readonly modulesDirectory: string
  /** The children of a root process must have another user. */
  readonly isRoot: boolean
  readonly listen: { readonly host: string; readonly port: number }
  readonly processes: number
  /** Of one process; a WebSocket connection keeps one for as long as it is open. */
  readonly threads: number
  readonly affinity: ApacheAffinity
  readonly settings: BalancerSettings['apache']
  readonly nodes: readonly ListedNode[]
  readonly tls: TlsFiles | null
  readonly generation: number
}

/** The whole httpd.conf. A module that is compiled in is not loaded. */
export function renderApacheConfig(settings: ApacheSettings): string {
  const { directory, listen, processes, threads, tls, generation } = settings
  return `ServerRoot ${directory}
${modules(settings)}
${settings.isRoot ? `User #${USER_NOBODY}\nGroup #${USER_NOBODY}\n` : ''}ServerName ${listen.host}
DefaultRuntimeDir ${directory}
PidFile ${join(directory, 'httpd.pid')}
ErrorLog /dev/stderr
LogLevel error
Listen ${listen.host}:${listen.port}
ListenBacklog 65535

StartServers ${processes}
ThreadsPerChild ${threads}
ThreadLimit ${threads}
ThreadStackSize 262144
MaxRequestWorkers ${processes * threads}
MinSpareThreads 1
MaxSpareThreads ${processes * threads}
ServerLimit ${processes * GENERATIONS}

Timeout 30
ProxyTimeout ${Math.ceil(settings.settings.proxyTimeout / 1000)}
RequestReadTimeout handshake=0 header=0 body=0
${tls ? certificateOf(tls) : ''}
Redirect 404 ${GENERATION_PATH}
<Location ${GENERATION_PATH}>
  ErrorDocument 404 "${generation}"
</Location>
<Location ${STATUS_PATH}>
  SetHandler server-status
</Location>

<Proxy balancer://nodes>
${settings.nodes
  .filter(({ isDown }) => !isDown)
  .map((node) => member(node, settings.settings))
  .join('\n')}
  ProxySet lbmethod=${settings.affinity.method}
</Proxy>
ProxyPass ${GENERATION_PATH} !
ProxyPass ${STATUS_PATH} !
ProxyPass / balancer://nodes/
`
}

function member({ id, host, port }: ListedNode, { retry }: ApacheSettings['settings']): string {
  const check = 'hcmethod=GET hcuri=/health hcinterval=1 hcpasses=1 hcfails=2'
  return `  BalancerMember http://${host}:${port} route=${id} upgrade=websocket connectiontimeout=5 retry=${Math.ceil(retry / 1000)} ${check}`
}

function modules({ modulesDirectory, affinity, tls }: ApacheSettings): string {
  const names = [
    'mpm_event',
    'unixd',
    'authz_core',
    'alias',
    'status',
    'reqtimeout',
    'watchdog',
    'slotmem_shm',
    'proxy',
    'proxy_http',
    'proxy_balancer',
    'proxy_hcheck',
    `lbmethod_${affinity.method}`,
    ...(tls ? ['socache_shmcb', 'ssl'] : []),
  ]
  return names
    .map((name) => {
      const file = join(modulesDirectory, `mod_${name}.so`)
      return `<IfModule !${name}_module>\n  LoadModule ${name}_module ${file}\n</IfModule>`
    })
    .join('\n')
}

function certificateOf({ certificateFile, keyFile }: TlsFiles): string {
  return `
SSLEngine on
SSLCertificateFile ${certificateFile}
SSLCertificateKeyFile ${keyFile}
SSLProtocol -all +TLSv1.2 +TLSv1.3
`
}
