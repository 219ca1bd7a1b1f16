import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/wsbench.js'

const { render, scenarioToday, verdictOf } = await import(join(root, 'scripts/findings-page.mjs'))
const read = (name: string) => readFileSync(join(root, 'docs', name), 'utf8')
const findings = JSON.parse(read('findings.json'))
const drainClose = findings.find(({ scenario }: { scenario: string }) => scenario === 'playbook/drain-close')

describe('the page of findings', () => {
  it('is what its script makes of the figures', () => {
    expect(read('findings.md')).toBe(render(findings))
  })

  it('says of a finding whether its scenario is as it was', () => {
    const today = scenarioToday('playbook/drain-close')
    const cells = drainClose.cells.map((cell: object) => ({
      ...cell,
      gates: today.gates.map((expression: string) => ({ expression, ok: true, reasons: ['so'] })),
    }))
    const unchanged = { ...drainClose, cells, content: today.content }
    expect(render([unchanged])).not.toMatch(/changed since/)
    expect(render([{ ...unchanged, content: 'other' }])).toMatch(/which has changed since it was recorded/)
    const loosened = { ...today, gates: today.gates.slice(1) }
    expect(render([unchanged], () => loosened)).toMatch(/whose gates have changed since it was recorded/)
    expect(render([unchanged], () => null)).toMatch(/no longer exists/)
  })

  it('shows the scale, the classes of loss, p99 and balance of each run that recorded them', () => {
    const cell = {
      ...drainClose.cells[0],
      due: [1000],
      lost: [30],
      classes: [{ lostInFlight: 0, lostOnDisconnect: 10, lostWhileOffline: 20, falseRecovery: 0 }],
      p99Micros: [12_345],
      maxOverMean: [1.3333],
    }
    const page = render([{ ...drainClose, scale: { clients: 5000, nodes: 4 }, cells: [cell] }])
    expect(page).toContain('- Scale: 5,000 clients on 4 nodes, up to 1,000 deliveries due in a run')
    expect(page).toContain('| 30 of 1,000: 10 on disconnect, 20 while offline | 12.3 ms | 1.33 |')
  })

  it('has a line for a cell that came to nothing', () => {
    const cell = {
      name: 'nowhere',
      parts: 'none started',
      outcome: 'setup',
      due: [],
      lost: [],
      gates: [],
      doubts: [],
    }
    expect(render([{ ...drainClose, cells: [cell] }])).toContain(
      '| nowhere (none started) | **not settled**: the run is setup |',
    )
  })
})

describe('the verdict on a claim', () => {
  const quiet = { scenario: 'playbook/x', loadAverage: 0.2, machine: { cores: 2 } }
  const busy = { ...quiet, loadAverage: 1.5 }
  const cell = (outcome: string, gates: Readonly<Record<string, boolean>>, more: object = {}) => ({
    name: 'nginx:ip-hash',
    outcome,
    gates: Object.entries(gates).map(([expression, ok]) => ({ expression, ok, reasons: [] })),
    doubts: [],
    ...more,
  })
  const slow = { 'latency.p99 < 5ms': false, 'delivery.lost == 0': true }
  const lossy = { 'latency.p99 < 5ms': false, 'delivery.lost == 0': false }
  const uneven = { 'balance.maxOverMean{at=end} < 1.25': false }
  const even = { 'balance.maxOverMean{at=end} < 1.25': true }
  const nat = { ...quiet, scenario: 'playbook/nat-ip-hash' }

  it.each([
    ['all gates held', busy, cell('pass', { 'delivery.lost == 0': true }), '**holds**'],
    ['it was slow', quiet, cell('fail', slow), '**does not hold**'],
    ['it was slow on a busy machine', busy, cell('fail', slow), '**not settled**: busy machine'],
    ['it lost on a busy machine', busy, cell('fail', lossy), '**does not hold**'],
    ['the run was invalid', quiet, cell('invalid', slow, { doubts: ['late'] }), '**not settled**: late'],
    ['the claim is that a gate is missed', nat, cell('fail', uneven), '**holds**'],
    ['that gate held', nat, cell('pass', even), '**does not hold**'],
    ['it is not about this cell', nat, cell('pass', even, { name: 'nginx:cookie' }), '_for comparison_'],
  ])('where %s', (_what, finding, judged, expected) => {
    expect(verdictOf(finding, judged)).toBe(expected)
  })
})
