import { bridges } from '../../../reference-cluster/node/bridges/index.js'
import type { Scenario } from '../../scenarios/schema.js'
import type { Machine } from '../machine.js'

/** A developer's machine with all programs installed. */
export const fullMachine: Machine = {
  platform: 'linux',
  cores: 8,
  memoryBytes: 32e9,
  descriptors: 20_000,
  ephemeralPorts: 28_232,
  hasLoopbackRange: true,
  addresses: ['127.0.0.1', '::1', '10.0.0.5', '10.0.0.6', 'fd00::5'],
  kernel: {
    openFiles: { most: 3_000_000, used: 2_000 },
    descriptorCeiling: 1_048_576,
    listenQueue: 4_096,
    conntrack: null,
    tasks: { most: 32_768, used: 300, limitedBy: 'kernel.pid_max' },
    tcpMemoryBytes: 4e9,
    availableBytes: 30e9,
  },
  binaries: {
    nginx: '/usr/sbin/nginx',
    haproxy: '/usr/sbin/haproxy',
    caddy: '/usr/bin/caddy',
    apache: '/usr/sbin/apache2',
    redis: '/usr/bin/redis-server',
    nats: '/usr/sbin/nats-server',
    docker: '/usr/bin/docker',
  },
  allowsStandIns: true,
}

/** A small machine with Node.js only. */
export const bareMachine: Machine = {
  ...fullMachine,
  cores: 2,
  memoryBytes: 24e9,
  kernel: { ...fullMachine.kernel, availableBytes: 23e9 },
  binaries: { nginx: null, haproxy: null, caddy: null, apache: null, redis: null, nats: null, docker: null },
}

/** The bare machine plus the balancer and broker that the scenario requires. */
export function leastMachine({ cluster }: Scenario): Machine {
  const { broker, isEmbeddable } = bridges[cluster.bridge]
  const { kind } = cluster.balancer
  const { binaries } = fullMachine
  return {
    ...bareMachine,
    binaries: {
      ...bareMachine.binaries,
      ...(kind !== 'auto' && kind !== 'embedded' ? { [kind]: binaries[kind] } : {}),
      ...(broker === null || isEmbeddable ? {} : { [broker]: binaries[broker] }),
    },
  }
}
