import net from 'node:net'
import tls from 'node:tls'
import type { EndpointTls } from '../../cluster/cluster.js'
import { tlsConnectOptions } from '../../cluster/tls/connect-options.js'

export interface SocketTarget {
  readonly host: string
  readonly port: number
  /** Address to connect from. */
  readonly localAddress?: string | undefined
  /** null: plain TCP. */
  readonly tls: EndpointTls | null
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
  const socket = (
    target.tls === null ? net.connect(to) : tls.connect({ ...to, ...tlsConnectOptions(host, target.tls) })
  ) as WireSocket
  socket.owner = owner
  socket.setNoDelay(true)
  // `on`, for what happens once anyway: `once` keeps a closure for every connection.
  socket.on(target.tls === null ? 'connect' : 'secureConnect', onConnect)
  return socket.on('end', onEnd).on('error', onError).on('close', onClose)
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
