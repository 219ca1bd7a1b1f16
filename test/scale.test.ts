import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/wsbench.js'

const script = (name: string) => import(join(root, 'scripts/scale', `${name}.mjs`))
const { renderPage } = await script('page')
const { memoryTaken, settledMemory } = await script('memory')
const saved = () => JSON.parse(readFileSync(join(root, 'docs/scale.json'), 'utf8'))

describe('docs/scale.md', () => {
  it('is what scripts/scale.mjs writes from docs/scale.json', () => {
    expect(renderPage(saved())).toBe(readFileSync(join(root, 'docs/scale.md'), 'utf8'))
  })

  it('marks CPU of a whole run that grew by more than the clients', () => {
    const points = ['10k', '20k', '40k'].map((id, index) => idlePoint(id, 2 ** index, [10, 20, 41][index]!))
    const page = renderPage({ points, searches: [], memories: [] })
    expect(page).toContain('| 10,000 → 20,000 | × 2.00 | × 2.00 |')
    expect(page).toContain('| 20,000 → 40,000 | × 2.00 | × 2.05 MISSED |')
  })

  it('names the points of another machine than the first', () => {
    const { points, ...others } = saved()
    points[1].machine.cpu = 'Another CPU'
    const page = renderPage({ points, ...others })
    expect(page).toMatch(/\*\*Measured on another machine\*\*.*2 cores of Another CPU.*: `idle:nginx:20k`\./)
    expect(page).toContain(`Machine: 2 cores of ${points[0].machine.cpu}`)
  })

  it('counts source addresses by the ports of the machine measured', () => {
    const { points, ...others } = saved()
    for (const { machine } of points) machine.ephemeralPorts = 50_000
    const page = renderPage({ points, ...others })
    expect(page).toContain('one source address has 50,000 ports.')
    expect(page).toContain('| 100,000 | 2 (source ports) |')
  })

  it('tells the parent’s memory where it was read, and what was published', () => {
    const memory = { command: 'wsbench run', everySeconds: 30, published: 5000, deliveries: 10_000 }
    const readings = { rssBytes: [1e8, 2e8, 3e8, 4e8], parentRssBytes: [5e7, 6e7, 7e7, 8e7] }
    const page = renderPage({ ...saved(), memories: [{ ...memory, ...readings }] })
    expect(page).toContain('5,000 messages published, 10,000 deliveries')
    expect(page).toContain('| parent, lowest | 50 MB |')
  })
})

describe('the memory before a point', () => {
  const now = async () => {}

  it('is read once nothing has moved for ten seconds and sockets are forgotten', async () => {
    let reads = 0
    const read = () => {
      reads += 1
      return { available: 8e9, slab: reads < 40 ? 6e9 - reads * 1e8 : 2e9, closing: reads < 100 ? 28_000 : 0 }
    }
    const { memory, waitedMs } = await settledMemory(read, now)
    expect(memory).toEqual({ available: 8e9, slab: 2e9, closing: 0 })
    expect(waitedMs).toBe(99 * 500)
  })

  it('is not waited for longer than three minutes', async () => {
    let available = 0
    const read = () => {
      available += 1e6
      return { available, slab: 0, closing: 0 }
    }
    await expect(settledMemory(read, now)).rejects.toThrow('memory still moves after 180 s')
  })

  it.each([
    ['idle', 0],
    ['connect', -548_864],
  ])('refuses a point of kind %s whose slab grew by %d', (kind, slab) => {
    const peak = { available: 7e9, slab: 2e9 + slab }
    expect(() => memoryTaken(kind, { available: 8e9, slab: 2e9 }, peak)).toThrow(`grew by ${slab} bytes`)
  })

  it('leaves fan-outs alone, which are not about memory', () => {
    const memory = { available: 8e9, slab: 2e9 }
    expect(memoryTaken('fanout', memory, memory)).toEqual({ all: 0, slab: 0 })
  })
})

function idlePoint(level: string, share: number, seconds: number) {
  const part = { processes: 1, rssBytes: share * 1e8, cpuMicros: seconds * 1e6, measuredCpuMicros: 1e6 }
  const { machine } = saved().points[0]
  return {
    id: `idle:nginx:${level}`,
    machine,
    verdict: { outcome: 'pass', reasons: [] },
    clients: share * 10_000,
    open: share * 10_000,
    rampUpMs: share * 10_000,
    measuredSeconds: 20,
    deliveriesMeasured: 0,
    parts: { generator: part, balancer: part, nodes: part, broker: part },
    memory: { all: share * 1e9, slab: share * 2e8, settledMs: 10_000 },
  }
}
