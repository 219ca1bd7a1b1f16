import net from 'node:net'
import tls from 'node:tls'

export interface SocketTarget {
  readonly host: string
  readonly port: number
  /** Address to connect from. */
  readonly localAddress?: string | undefined
  /** The CA (PEM) that must vouch for `host`; null: plain TCP. */
  readonly tls: Trust | null
}

/** PEMs; a CA that is null stands for those that Node trusts. */
export interface Trust {
  readonly ca: string | null
  readonly cert?: string
  readonly key?: string
  /** SNI, and whom the certificate must be for; else it is `host`. */
  readonly serverName?: string
  /** Take any certificate. */
  readonly isInsecure?: boolean
}

/** Whom a socket tells what happens to it. */
export interface SocketOwner {
  /** It can be written to; with TLS, and the server is whom it says. */
  onConnect(): void
  /** What it read is in `buffer` until this returns. */
  onBytes(buffer: Buffer, count: number): void
  /** An error, which its end will follow. */
  onError(error: Error): void
  /** The peer will send nothing more. */
  onEnd(): void
  /** Its descriptor is free. */
  onSocketGone(): void
}

export interface WireSocket extends net.Socket {
  owner: SocketOwner
}

/** The process's only read buffer, of TCP and TLS alike: each read is used up before the next. */
const readBuffer = Buffer.allocUnsafeSlow(65_536)
const onread = { buffer: readBuffer, callback: onRead }

/** Connects; all that comes of it is told to `owner`. */
export function openSocket(target: SocketTarget, owner: SocketOwner): WireSocket {
  const { host, port, localAddress } = target
  // One shape for all, undefined fields and all: shapes that differ cost every step of Node's way through them.
  const family = localAddress === undefined ? 0 : net.isIP(localAddress)
  const to = { host, port, onread, localAddress, family }
  const socket = (target.tls === null ? net.connect(to) : secure(to, target.tls)) as WireSocket
  socket.owner = owner
  socket.setNoDelay(true)
  // `on`, for what happens once anyway: `once` keeps a closure for every connection.
  socket.on(target.tls === null ? 'connect' : 'secureConnect', onConnect)
  return socket.on('end', onEnd).on('error', onError).on('close', onClose)
}

function secure(to: net.TcpNetConnectOpts, trust: Trust): tls.TLSSocket {
  // An address has no server name to ask for; the certificate is checked against the address all the same.
  const servername = trust.serverName ?? (net.isIP(to.host ?? '') === 0 ? to.host! : '')
  const rejectUnauthorized = trust.isInsecure !== true
  return tls.connect({ ...to, servername, rejectUnauthorized, secureContext: contextOf(trust) })
}

const contexts = new WeakMap<Trust, tls.SecureContext>()

/** To parse a CA takes longer than a handshake; a worker's connections all trust the same. */
function contextOf(trust: Trust): tls.SecureContext {
  const known = contexts.get(trust)
  if (known) return known
  const context = tls.createSecureContext({
    ...(trust.ca === null ? {} : { ca: trust.ca }),
    ...(trust.cert === undefined ? {} : { cert: trust.cert }),
    ...(trust.key === undefined ? {} : { key: trust.key }),
  })
  contexts.set(trust, context)
  return context
}

function onConnect(this: WireSocket): void {
  this.owner.onConnect()
}

function onRead(this: WireSocket, count: number): boolean {
  this.owner.onBytes(readBuffer, count)
  return true
}

function onEnd(this: WireSocket): void {
  this.owner.onEnd()
}

function onError(this: WireSocket, error: Error): void {
  this.owner.onError(error)
}

function onClose(this: WireSocket): void {
  this.owner.onSocketGone()
}
