import { describe, expect, it } from 'vitest'
import { loadScenario, parseScenario } from '../../scenarios/load.js'
import type { Machine } from '../machine.js'
import { draftPlan } from '../planner.js'
import { bareMachine, fullMachine } from '../testing/machine.js'
import { enforceLimits, limitsOf } from './index.js'
import { firstExceeded, type Limit, statusOf } from './limit.js'

const small: Machine = { ...fullMachine, cores: 2, memoryBytes: 25e9 }
const withKernel = (kernel: Partial<Machine['kernel']>): Machine => ({
  ...small,
  kernel: { ...small.kernel, ...kernel },
})
const limits = (machine: Machine, name = 'idle-300k', ...overrides: string[]) =>
  limitsOf(draftPlan(loadScenario(name, overrides), machine), machine)

function limitNamed(name: RegExp, all: readonly Limit[]): Limit {
  const found = all.find((limit) => name.test(limit.name))
  if (!found) throw new Error(`no limit ${name} among ${all.map((limit) => limit.name).join(', ')}`)
  return found
}

describe('300,000 idle clients', () => {
  it('fit on two cores, 24 GiB and 20,000 descriptors', () => {
    expect(firstExceeded(limits(small))).toBeUndefined()
    expect(() => enforceLimits(draftPlan(loadScenario('idle-300k'), small), small)).not.toThrow()
  })

  it.each<[string, Machine, RegExp, RegExp, RegExp]>([
    [
      '1,024 descriptors',
      { ...small, descriptors: 1_024 },
      /^open files of a node/,
      /15,001 connections on each of 20 nodes .* 524 .* 1,024 open files/,
      /^ulimit -n 32768/,
    ],
    [
      'descriptors for fewer nodes',
      { ...small, descriptors: 10_000 },
      /^open files of a node/,
      /15,001 connections on each of 20 nodes/,
      /^cluster.nodes: 32 or more, or raise the limit: ulimit -n 32768/,
    ],
    [
      'a ceiling of descriptors',
      { ...withKernel({ descriptorCeiling: 4_096 }), descriptors: 1_024 },
      /^open files of a node/,
      /./,
      /^sysctl -w fs.nr_open=32768; ulimit -n 32768/,
    ],
    [
      'one source address',
      { ...small, hasLoopbackRange: false },
      /^ports of a client address/,
      /127.0.0.1.* 300,010 .* 28,232 ports/,
      /sysctl -w net.ipv4.ip_local_port_range="1024 65535"/,
    ],
    [
      'little memory',
      { ...small, memoryBytes: 4e9 },
      /^memory/,
      /300,010 connections need about .* GB of memory, but this machine has 4 GB/,
      /^--set clients.count=\d+ \(\d+% of them would fit\)$/,
    ],
    [
      'a conntrack table in use',
      withKernel({ conntrack: { most: 262_144, used: 900 } }),
      /nf_conntrack/,
      /600,020 connections need more than the 261,244 free entries/,
      /^sysctl -w net.netfilter.nf_conntrack_max=\d+/,
    ],
    [
      'few open files in all',
      withKernel({ openFiles: { most: 400_000, used: 1_000 } }),
      /^open files of the whole system/,
      /the system has only 399,000 left/,
      /^sysctl -w fs.file-max=2097152/,
    ],
    [
      'few tasks',
      withKernel({ tasks: { most: 256, used: 20, limitedBy: 'pids.max' } }),
      /^processes and threads \(pids.max\)/,
      /only 236 more are allowed \(pids.max\)/,
      /pids.max of the cgroup/,
    ],
  ])('with %s, the limit and its fix are named', (_which, machine, name, message, fix) => {
    const first = firstExceeded(limits(machine))
    expect(first?.name).toMatch(name)
    expect(first?.message).toMatch(message)
    expect(first?.fix).toMatch(fix)
    expect(() => enforceLimits(draftPlan(loadScenario('idle-300k'), machine), machine)).toThrow(message)
  })

  it.each<[string, Machine, RegExp, RegExp]>([
    [
      'a conntrack table that tracks nothing',
      withKernel({ conntrack: { most: 262_144, used: 0 } }),
      /nf_conntrack/,
      /nf_conntrack_max/,
    ],
    [
      'short listen queues',
      withKernel({ listenQueue: 16 }),
      /listen queue of a node/,
      /net.core.somaxconn=64/,
    ],
    [
      'memory used by other programs',
      withKernel({ availableBytes: 2e9 }),
      /^free memory/,
      /stop other programs/,
    ],
  ])('with %s, the limit is tight but not exceeded', (_which, machine, name, fix) => {
    const all = limits(machine, 'idle-300k', 'clients.connectRate=1k/s')
    expect(firstExceeded(all)).toBeUndefined()
    expect(statusOf(limitNamed(name, all))).toBe('tight')
    expect(limitNamed(name, all).fix).toMatch(fix)
  })
})

it.each([
  ['idle-300k', 8e9],
  ['fanout-50k', 2e9],
])('%s fits with the number of clients that the fix suggests', (name, memoryBytes) => {
  const machine = { ...small, memoryBytes }
  const [, override = ''] = /^--set (\S+)/.exec(limitNamed(/90%/, limits(machine, name)).fix) ?? []
  expect(override).toMatch(/^clients.count=\d{4,}$/)
  expect(statusOf(limitNamed(/90%/, limits(machine, name, override)))).not.toBe('exceeded')
})

it('suggests no number of clients that is too small for the rooms', () => {
  const rooms = 'traffic=[{ channel: { name: r, members: 40k } }]'
  const limit = limitNamed(/90%/, limits({ ...small, memoryBytes: 2e9 }, 'fanout-50k', rooms))
  expect(limit.fix).toBe('fewer clients, and fewer or smaller rooms')
})

it('names the limit that a growing load would exceed first', () => {
  const machine = { ...withKernel({ openFiles: { most: 600_000, used: 0 } }), descriptors: 1_024 }
  expect(firstExceeded(limits(machine))?.name).toBe('open files of a node')
})

it('has status unknown for a limit that can’t be read, and does not enforce it', () => {
  const nothing = { ...small.kernel }
  const unread = Object.fromEntries(
    Object.keys(nothing).map((key) => [key, null]),
  ) as unknown as typeof nothing
  const all = limits({ ...small, kernel: unread })
  expect(firstExceeded(all)).toBeUndefined()
  expect(statusOf(limitNamed(/nf_conntrack/, all))).toBe('unknown')
  expect(statusOf(limitNamed(/threads/, all))).toBe('unknown')
})

describe('ports of the balancer to nodes', () => {
  const unlimited: Machine = { ...small, descriptors: 1_000_000, memoryBytes: 1e12 }
  const sources = (machine: Machine, ...overrides: string[]) =>
    draftPlan(
      parseScenario('name: few\nclients: { count: 300k }\ncluster: { nodes: 3 }\n', {
        file: 's.yaml',
        overrides,
      }),
      machine,
    ).cluster.balancer.sources

  it('need only one address while each node has fewer clients than half the ports', () => {
    expect(sources(unlimited, 'clients.count=33k')).toEqual([])
    expect(sources(unlimited, 'clients.count=34k')).toHaveLength(2)
  })

  it('are enough with several addresses if nodes are few', () => {
    const addresses = sources(unlimited)
    expect(addresses).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((subnet) => `127.255.${subnet}.1`))
    const scenario = parseScenario('name: few\nclients: { count: 300k }\ncluster: { nodes: 3 }\n', {
      file: 's.yaml',
    })
    expect(firstExceeded(limitsOf(draftPlan(scenario, unlimited), unlimited))).toBeUndefined()
  })

  it('run out if the balancer can’t choose its address', () => {
    const machine = { ...bareMachine, descriptors: 1_000_000, memoryBytes: 1e12 }
    const scenario = parseScenario('name: few\nclients: { count: 300k }\ncluster: { nodes: 3 }\n', {
      file: 's.yaml',
    })
    const first = firstExceeded(limitsOf(draftPlan(scenario, machine), machine))
    expect(first?.name).toBe('ports of the balancer to a node')
    expect(first?.message).toMatch(/100,001 from one address .* beyond half of its 28,232 ports/)
    expect(first?.fix).toMatch(/^cluster.nodes: 22 or more; nginx or haproxy, .*; or widen the range: sysctl/)
  })

  it.each(['idle-300k', 'fanout-50k'])(
    'of the embedded balancer are limited to half of the range: %s',
    (name) => {
      const machine = { ...small, binaries: bareMachine.binaries }
      const portsWith = (...overrides: string[]) =>
        limitNamed(
          /^ports of the balancer/,
          limits(machine, name, 'cluster.balancer.kind=embedded', ...overrides),
        )
      const limit = portsWith()
      expect(limit.available).toBe(14_116)
      expect(statusOf(limit)).toBe(name === 'idle-300k' ? 'exceeded' : 'tight')
      const [, enough = ''] = /^cluster.nodes: (\d+)/.exec(limit.fix) ?? []
      expect(statusOf(portsWith(`cluster.nodes=${enough}`))).not.toBe('exceeded')
    },
  )

  it('are counted for the nodes that remain after an event', () => {
    expect(sources(unlimited, 'clients.count=33k', 'chaos=[{ at: 1s, event: node-kill }]')).toHaveLength(2)
  })
})
