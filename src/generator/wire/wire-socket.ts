import net from 'node:net'
import tls from 'node:tls'
import type { Endpoint } from '../../cluster/cluster.js'
import { tlsConnectOptions } from '../../cluster/tls/connect-options.js'

export interface SocketTarget extends Pick<Endpoint, 'host' | 'port' | 'tls'> {
  /** IP address of the host to connect to; absent: whatever the system finds. */
  readonly address?: string | undefined
  /** Address to connect from. */
  readonly localAddress?: string | undefined
}

/** Called back by a socket. */
export interface SocketOwner {
  /** The socket can be written to; with TLS, the server is verified. */
  onConnect(): void
  /** `count` bytes were read into `buffer`, which is valid only during the call. */
  onBytes(buffer: Buffer, count: number): void
  /** An error; the end of the socket follows. */
  onError(error: Error): void
  /** The peer will send nothing more. */
  onEnd(): void
  /** The descriptor is free. */
  onSocketClosed(): void
}

export interface WireSocket extends net.Socket {
  owner: SocketOwner
}

/** One read buffer for all sockets of the process: each read is processed before the next. */
const readBuffer = Buffer.allocUnsafeSlow(65_536)
const onread = { buffer: readBuffer, callback: onRead }

/** Connects; `owner` is called back. */
export function openSocket(target: SocketTarget, owner: SocketOwner): WireSocket {
  const { host, address, port, localAddress } = target
  // The same fields for all, even if undefined: objects of several shapes slow down Node's code for them.
  const family = localAddress === undefined ? 0 : net.isIP(localAddress)
  const to = { host: address ?? host, port, onread, localAddress, family }
  const socket = (
    target.tls === null ? net.connect(to) : tls.connect({ ...to, ...tlsConnectOptions(host, target.tls) })
  ) as WireSocket
  socket.owner = owner
  socket.setNoDelay(true)
  // `on`, though these happen once: `once` would keep a closure for every connection.
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
  this.owner.onSocketClosed()
}
