import { describe, expect, it } from 'vitest'
import { loadScenario, parseScenario } from '../../scenarios/load.js'
import type { Machine } from '../machine.js'
import { draftPlan } from '../planner.js'
import { bareMachine, fullMachine } from '../testing/machine.js'
import { limitsOf, refuseBeyondLimits } from './index.js'
import { firstToBreak, type Limit, strainOf } from './limit.js'

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
    expect(firstToBreak(limits(small))).toBeUndefined()
    expect(() => refuseBeyondLimits(draftPlan(loadScenario('idle-300k'), small), small)).not.toThrow()
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
      /300,010 connections need about .* GB of memory, and this machine has 4 GB/,
      /^--set clients.count=\d+ \(\d+% of them would fit\)$/,
    ],
    [
      'a conntrack table in use',
      withKernel({ conntrack: { most: 262_144, used: 900 } }),
      /netfilter/,
      /600,020 connections are more than the 261,244/,
      /^sysctl -w net.netfilter.nf_conntrack_max=\d+/,
    ],
    [
      'few open files in all',
      withKernel({ openFiles: { most: 400_000, used: 1_000 } }),
      /^open files of the whole system/,
      /the system has 399,000 left/,
      /^sysctl -w fs.file-max=2097152/,
    ],
    [
      'few tasks',
      withKernel({ tasks: { most: 256, used: 20, limitedBy: 'pids.max' } }),
      /^processes and threads \(pids.max\)/,
      /236 more may be \(pids.max\)/,
      /pids.max of the cgroup/,
    ],
  ])('with %s it names the limit and what lifts it', (_which, machine, name, refusal, fix) => {
    const first = firstToBreak(limits(machine))
    expect(first?.name).toMatch(name)
    expect(first?.refusal).toMatch(refusal)
    expect(first?.fix).toMatch(fix)
    expect(() => refuseBeyondLimits(draftPlan(loadScenario('idle-300k'), machine), machine)).toThrow(refusal)
  })

  it.each<[string, Machine, RegExp, RegExp]>([
    [
      'a conntrack table that tracks nothing',
      withKernel({ conntrack: { most: 262_144, used: 0 } }),
      /netfilter/,
      /nf_conntrack_max/,
    ],
    [
      'short listen queues',
      withKernel({ listenQueue: 16 }),
      /listen queue of a node/,
      /net.core.somaxconn=64/,
    ],
    ['memory that others hold', withKernel({ availableBytes: 2e9 }), /free now/, /end other programs/],
  ])('with %s it is tight, not impossible', (_which, machine, name, fix) => {
    const all = limits(machine, 'idle-300k', 'clients.connectRate=1k/s')
    expect(firstToBreak(all)).toBeUndefined()
    expect(strainOf(limitNamed(name, all))).toBe('tight')
    expect(limitNamed(name, all).fix).toMatch(fix)
  })
})

it.each([
  ['idle-300k', 8e9],
  ['fanout-50k', 2e9],
])('what %s is told to set for want of memory does fit', (name, memoryBytes) => {
  const machine = { ...small, memoryBytes }
  const [, override = ''] = /^--set (\S+)/.exec(limitNamed(/tenth/, limits(machine, name)).fix) ?? []
  expect(override).toMatch(/^clients.count=\d{4,}$/)
  expect(strainOf(limitNamed(/tenth/, limits(machine, name, override)))).not.toBe('breaks')
})

it('names no number of clients that rooms of a fixed size have no room in', () => {
  const rooms = 'traffic=[{ channel: { name: r, members: 40k } }]'
  const limit = limitNamed(/tenth/, limits({ ...small, memoryBytes: 2e9 }, 'fanout-50k', rooms))
  expect(limit.fix).toBe('fewer clients, and fewer or smaller rooms')
})

it('names what breaks first as the load grows, where several would', () => {
  const machine = { ...withKernel({ openFiles: { most: 600_000, used: 0 } }), descriptors: 1_024 }
  expect(firstToBreak(limits(machine))?.name).toBe('open files of a node')
})

it('says of what cannot be read that it is unknown, and refuses nothing for it', () => {
  const nothing = { ...small.kernel }
  const untold = Object.fromEntries(
    Object.keys(nothing).map((key) => [key, null]),
  ) as unknown as typeof nothing
  const all = limits({ ...small, kernel: untold })
  expect(firstToBreak(all)).toBeUndefined()
  expect(strainOf(limitNamed(/netfilter/, all))).toBe('unknown')
  expect(strainOf(limitNamed(/threads/, all))).toBe('unknown')
})

describe('ports towards nodes', () => {
  const unlimited: Machine = { ...small, descriptors: 1_000_000, memoryBytes: 1e12 }
  const sources = (machine: Machine, ...overrides: string[]) =>
    draftPlan(
      parseScenario('name: few\nclients: { count: 300k }\ncluster: { nodes: 3 }\n', {
        file: 's.yaml',
        overrides,
      }),
      machine,
    ).cluster.balancer.sources

  it('need one address while each node has fewer clients than half the ports', () => {
    expect(sources(unlimited, 'clients.count=33k')).toEqual([])
    expect(sources(unlimited, 'clients.count=34k')).toHaveLength(2)
  })

  it('need as many addresses as it takes where nodes are few, and then suffice', () => {
    const addresses = sources(unlimited)
    expect(addresses).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((subnet) => `127.255.${subnet}.1`))
    const scenario = parseScenario('name: few\nclients: { count: 300k }\ncluster: { nodes: 3 }\n', {
      file: 's.yaml',
    })
    expect(firstToBreak(limitsOf(draftPlan(scenario, unlimited), unlimited))).toBeUndefined()
  })

  it('run out where the balancer cannot choose its address', () => {
    const machine = { ...bareMachine, descriptors: 1_000_000, memoryBytes: 1e12 }
    const scenario = parseScenario('name: few\nclients: { count: 300k }\ncluster: { nodes: 3 }\n', {
      file: 's.yaml',
    })
    const first = firstToBreak(limitsOf(draftPlan(scenario, machine), machine))
    expect(first?.name).toBe('ports of the balancer towards a node')
    expect(first?.refusal).toMatch(/100,001 from one address .* past half of its 28,232 ports/)
    expect(first?.fix).toMatch(/^cluster.nodes: 22 or more; nginx or haproxy, .*; or widen the range: sysctl/)
  })

  it.each(['idle-300k', 'fanout-50k'])(
    'of the embedded balancer suffice for half of the range: %s',
    (name) => {
      const machine = { ...small, binaries: bareMachine.binaries }
      const portsWith = (...overrides: string[]) =>
        limitNamed(
          /^ports of the balancer/,
          limits(machine, name, 'cluster.balancer.kind=embedded', ...overrides),
        )
      const limit = portsWith()
      expect(limit.available).toBe(14_116)
      expect(strainOf(limit)).toBe(name === 'idle-300k' ? 'breaks' : 'tight')
      const [, enough = ''] = /^cluster.nodes: (\d+)/.exec(limit.fix) ?? []
      expect(strainOf(portsWith(`cluster.nodes=${enough}`))).not.toBe('breaks')
    },
  )

  it('are those of the nodes that an event leaves', () => {
    expect(sources(unlimited, 'clients.count=33k', 'chaos=[{ at: 1s, event: node-kill }]')).toHaveLength(2)
  })
})
