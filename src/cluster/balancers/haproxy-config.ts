import type { HaproxyAffinity } from '../affinity/strategy.js'
import type { TlsFiles } from '../tls/tls-files.js'
import type { Upstream } from './balancer.js'
import { type BalancerSettings, writeTime } from './settings.js'

/** Listener, stats socket, event poll, log, and checks of up to a few dozen nodes. */
const OWN_DESCRIPTORS = 200

/** How many clients one process with `descriptors` open files can carry; each needs two. */
export function maxConnections(descriptors: number): number {
  return Math.max(1, Math.floor((descriptors - OWN_DESCRIPTORS) / 2))
}

/** The backend with the slots of all nodes. */
export const BACKEND = 'ws'

export interface HaproxySettings {
  readonly listen: { readonly host: string; readonly port: number }
  readonly tls: TlsFiles | null
  /** Where the runtime API listens, in the syntax of `stats socket`: a path and its mode, or an address. */
  readonly runtime: string
  readonly maxConnections: number
  readonly affinity: HaproxyAffinity
  readonly settings: BalancerSettings['haproxy']
  readonly nodes: readonly Upstream[]
  /** Address to connect to nodes from; null: the kernel chooses. */
  readonly source: string | null
  readonly maxNodes: number
}

/**
 * The whole haproxy.cfg of one process. All slots n1 … n<maxNodes> are declared, those without a node as disabled: the
 * runtime API can set the address of a slot, but (before 3.0) it can't add a slot that supports cookies.
 */
export function renderHaproxyConfig(all: HaproxySettings): string {
  const { settings, listen, tls, affinity, source } = all
  return `global
  maxconn ${all.maxConnections}
  nbthread 1
  stats socket ${all.runtime} level admin expose-fd listeners${hardStop(settings)}

defaults
  mode http
  maxconn ${all.maxConnections}
  backlog 65535
  timeout connect ${writeTime(settings.timeoutConnect)}
  timeout client 30s
  timeout server 30s
  timeout tunnel ${writeTime(settings.timeoutTunnel)}
  timeout client-fin 5s
  timeout check 1s
  retries ${settings.retries}
  ${settings.redispatch === 0 ? 'no option redispatch' : `option redispatch ${settings.redispatch}`}
  option forwardfor

frontend clients
  bind ${listen.host}:${listen.port}${tls ? ` ssl crt ${tls.bundleFile}` : ''}
  default_backend ${BACKEND}

backend ${BACKEND}
${affinity.backend.map((line) => `  ${line}`).join('\n')}
  option httpchk GET /health${source === null ? '' : `\n  source ${source}`}
  default-server check inter ${writeTime(settings.inter)} fastinter 200ms downinter 1s fall ${settings.fall} rise 1${onMarkedDown(settings)}
${slots(all).join('\n')}
`
}

function hardStop({ hardStopAfter }: BalancerSettings['haproxy']): string {
  return hardStopAfter === undefined ? '' : `\n  hard-stop-after ${writeTime(hardStopAfter)}`
}

function onMarkedDown({ onMarkedDown }: BalancerSettings['haproxy']): string {
  return onMarkedDown === 'none' ? '' : ` on-marked-down ${onMarkedDown}`
}

function slots({ affinity, nodes, maxNodes, listen }: HaproxySettings): readonly string[] {
  return Array.from({ length: maxNodes }, (_, slot) => {
    const node = nodes.find((candidate) => candidate.slot === slot)
    const id = slotName(slot)
    const address = node ? `${node.host}:${node.port}` : `${listen.host}:1`
    return `  server ${id} ${address} ${affinity.server(id)}${node ? '' : ' disabled'}`
  })
}

/** Name of a slot, which is also the id of its node. */
function slotName(slot: number): string {
  return `n${slot + 1}`
}
