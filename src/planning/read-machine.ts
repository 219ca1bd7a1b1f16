import { availableParallelism, type NetworkInterfaceInfo, networkInterfaces, totalmem } from 'node:os'
import { findBinary } from '../cluster/binaries.js'
import type { Machine } from './machine.js'
import { readIfThere, readKernelLimits } from './read-kernel.js'

/** POSIX's least (_POSIX_OPEN_MAX is 20; every desktop system gives this): for systems that don't tell. */
const LEAST_DESCRIPTORS = 1024
/** IANA's dynamic range, 49152 – 65535: the default of macOS and Windows. */
const IANA_PORTS = 16_384

/** This machine, as far as a plan needs it. */
export function readMachine(): Machine {
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
      nginx: findBinary('nginx'),
      haproxy: findBinary('haproxy'),
      redis: findBinary('redis-server'),
      nats: findBinary('nats-server'),
      docker: findBinary('docker'),
    },
  }
}

/** The hard limit; `unlimited` stands for what the kernel would never let a process reach. */
function readDescriptors(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readIfThere('/proc/self/limits'))?.[1]
  if (hard === 'unlimited') return Number(readIfThere('/proc/sys/fs/nr_open')) || 1 << 20
  return Number(hard) || LEAST_DESCRIPTORS
}

function readEphemeralPorts(): number {
  const [low, high] = readIfThere('/proc/sys/net/ipv4/ip_local_port_range').trim().split(/\s+/).map(Number)
  if (!low || !high) return IANA_PORTS
  return high - low + 1 - reservedWithin(low, high)
}

/** `8080,9000-9100`: ports the kernel gives nobody who didn't ask for them. */
function reservedWithin(low: number, high: number): number {
  const spans = readIfThere('/proc/sys/net/ipv4/ip_local_reserved_ports').trim().split(',').filter(Boolean)
  return spans.reduce((sum, span) => {
    const [first = 0, last = first] = span.split('-').map(Number)
    return sum + Math.max(0, Math.min(last, high) - Math.max(first, low) + 1)
  }, 0)
}

/** Linux answers for every address of the loopback interface's network, which is 127.0.0.0/8 unless someone changed it. */
function hasLoopbackRange(): boolean {
  return process.platform === 'linux' && interfaceAddresses().some(({ cidr }) => cidr === '127.0.0.1/8')
}

function interfaceAddresses(): NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
}
