import { availableParallelism, type NetworkInterfaceInfo, networkInterfaces, totalmem } from 'node:os'
import { sumOf } from '../base/sum.js'
import { findBalancer } from '../cluster/balancers/index.js'
import { findBinary } from '../cluster/binaries.js'
import type { Machine } from './machine.js'
import { readIfThere, readKernelLimits } from './read-kernel.js'

/** Used if the limit can't be read. POSIX guarantees only 20, but all common systems allow this many. */
const DEFAULT_DESCRIPTORS = 1024
/** The dynamic range of IANA, 49152 – 65535, which macOS and Windows use. */
const IANA_PORTS = 16_384

/** Reads what a plan needs to know about this machine. */
export function readMachine({ allowsStandIns = true } = {}): Machine {
  return {
    platform: process.platform,
    cores: availableParallelism(),
    memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    descriptors: readDescriptors(),
    ephemeralPorts: readEphemeralPorts(),
    hasLoopbackRange: hasLoopbackRange(),
    addresses: interfaceAddresses().map(({ address }) => address),
    kernel: readKernelLimits(),
    binaries: {
      nginx: findBalancer('nginx'),
      haproxy: findBalancer('haproxy'),
      caddy: findBalancer('caddy'),
      apache: findBalancer('apache'),
      redis: findBinary('redis-server'),
      nats: findBinary('nats-server'),
      docker: findBinary('docker'),
    },
    allowsStandIns,
  }
}

/** The hard limit; for `unlimited`, the maximum that the kernel allows. */
function readDescriptors(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readIfThere('/proc/self/limits'))?.[1]
  if (hard === 'unlimited') return Number(readIfThere('/proc/sys/fs/nr_open')) || 1 << 20
  return Number(hard) || DEFAULT_DESCRIPTORS
}

function readEphemeralPorts(): number {
  const [low, high] = readIfThere('/proc/sys/net/ipv4/ip_local_port_range').trim().split(/\s+/).map(Number)
  if (!low || !high) return IANA_PORTS
  return high - low + 1 - reservedWithin(low, high)
}

/** `8080,9000-9100`: ports that the kernel does not assign automatically. */
function reservedWithin(low: number, high: number): number {
  const spans = readIfThere('/proc/sys/net/ipv4/ip_local_reserved_ports').trim().split(',').filter(Boolean)
  return sumOf(spans, (span) => {
    const [first = 0, last = first] = span.split('-').map(Number)
    return Math.max(0, Math.min(last, high) - Math.max(first, low) + 1)
  })
}

/** On Linux every address of the loopback network can be bound. The network is 127.0.0.0/8 by default. */
function hasLoopbackRange(): boolean {
  return process.platform === 'linux' && interfaceAddresses().some(({ cidr }) => cidr === '127.0.0.1/8')
}

function interfaceAddresses(): NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
}
