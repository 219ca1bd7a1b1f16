import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MOST_GAP_BYTES } from '../results/delivery/gap-lists.js'
import { BYTES_PER_COUNTS } from '../results/latency/micros-counts.js'
import { loadScenario, parseScenario } from '../scenarios/load.js'
import { draftPlan } from './planner.js'
import { bareMachine, fullMachine } from './testing/machine.js'

interface Point {
  readonly id: string
  readonly command: string
  readonly machine: { readonly cores: number; readonly memoryBytes: number; readonly descriptors: number }
  readonly memory: { readonly all: number }
}

const { points } = JSON.parse(readFileSync(new URL('../../docs/scale.json', import.meta.url), 'utf8')) as {
  readonly points: readonly Point[]
}
const measured = points.filter(({ id }) => /^(idle|connect):/.test(id))

describe('the estimate of memory', () => {
  it.each(measured.map((point) => [point.id, point] as const))(
    'is at least the measured value, and at most 1.4 times that for many clients: %s',
    (_id, { command, machine, memory }) => {
      const [, name = '', balancer = '', rest = ''] = /run (\S+) --balancer (\S+)(.*)/.exec(command) ?? []
      const sets = rest.split(' --set ').slice(1)
      const { estimate } = draftPlan(loadScenario(name, [`cluster.balancer.kind=${balancer}`, ...sets]), {
        ...fullMachine,
        ...machine,
      })
      expect(estimate.memoryBytes).toBeGreaterThanOrEqual(memory.all)
      if (estimate.connections > 150_000) expect(estimate.memoryBytes).toBeLessThan(1.4 * memory.all)
    },
  )

  it('counts only the generator for a target', () => {
    const bytes = (url: string) =>
      draftPlan(
        parseScenario(
          `name: t\ntarget: { url: '${url}', iOwnThis: true }\nclients: { count: 700k }\ntraffic: [{ channel: { name: r, members: 20 } }]`,
          { file: 't.yaml' },
        ),
        bareMachine,
      ).estimate.memoryBytes
    expect(bytes('ws://127.0.0.5/')).toBeLessThan(15e9)
    expect(bytes('ws://10.0.0.5/')).toBe(bytes('ws://127.0.0.5/'))
    expect(bytes('wss://10.0.0.5/') - bytes('ws://10.0.0.5/')).toBe(700_001 * 41_000)
  })

  it('counts a histogram for each worker, phase and traffic entry', () => {
    const planOf = (names: readonly string[]) =>
      draftPlan(
        loadScenario('fanout-50k', [
          `traffic=[${names.map((name) => `{ channel: { name: ${name}, members: 1 }, via: backend }`).join(', ')}]`,
          'clients.count=1000',
        ]),
        fullMachine,
      )
    const [one, two] = [planOf(['a']), planOf(['a', 'b'])]
    const phases = new Set(one.phases.spans.map(({ name }) => name)).size
    const bytesPerSubscription = 18
    const seconds = (one.phases.warmupMs + one.phases.measureMs) / 1000
    const gaps = 11 * seconds * (two.estimate.deliveriesPerSecond - one.estimate.deliveriesPerSecond)
    expect(two.estimate.memoryBytes - one.estimate.memoryBytes).toBe(
      one.workers * phases * BYTES_PER_COUNTS + bytesPerSubscription + gaps,
    )
  })

  it('counts the gaps that planned deliveries can leave, up to a limit for each worker', () => {
    const estimate = (measure: string) => {
      const sets = ['clients.count=1_000', 'phases.warmup=0s', `phases.measure=${measure}`]
      const { workers, estimate } = draftPlan(loadScenario('fanout-50k', sets), fullMachine)
      return { workers, ...estimate }
    }
    const [short, longer, long, longest] = ['10s', '20s', '100h', '200h'].map(estimate)
    const grown = longer!.memoryBytes - short!.memoryBytes
    expect(grown).toBeCloseTo(10 * short!.deliveriesPerSecond * 11)
    expect(longest!.memoryBytes).toBe(long!.memoryBytes)
    expect(long!.memoryBytes - short!.memoryBytes + grown).toBeCloseTo(long!.workers * MOST_GAP_BYTES)
  })

  it.each([
    ['nginx', 37_000],
    ['haproxy', 31_000],
    ['embedded', 42_000],
  ])('counts the memory of a connection through %s', (kind, bytes) => {
    const [few, more] = ['20_000', '20_001'].map(
      (count) =>
        draftPlan(
          loadScenario('fanout-50k', [
            `cluster.balancer.kind=${kind}`,
            'traffic=[{ channel: { name: r, members: 20 } }]',
            `clients.count=${count}`,
          ]),
          fullMachine,
        ).estimate.memoryBytes,
    )
    expect(more! - few!).toBe(bytes)
  })
})
