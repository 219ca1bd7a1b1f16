import { expect, it } from 'vitest'
import type { LimitingFactor } from '../../results/max-search/max-search.js'
import { maxSearchPage } from './max-search-page.js'

it.each<[LimitingFactor['by'], string]>([
  ['gate', 'limiting factor at 4: the cluster: a gate failed'],
  [
    'cluster',
    'limiting factor at 4: the cluster: a part of it ended unexpectedly, or it rejected connections',
  ],
  ['generator', 'limiting factor at 4: the generator: the run was invalid'],
  ['machine', 'limiting factor at 4: this machine: it could not carry the run'],
  ['run', 'limiting factor at 4: the run: it could not be judged'],
])('the limiting factor: %s', (by, words) => {
  const page = maxSearchPage(
    {
      version: 1,
      kind: 'find-max',
      tool: { name: 'wsbench', version: '1.0.0' },
      scenario: 'smoke',
      overrides: [],
      gate: 'delivery.lost == 0',
      ramp: { path: 'rate', from: '1', to: '8' },
      levels: [],
      highestPassing: { text: '2', value: 2 },
      limitedBy: { by, text: '4', value: 4, reasons: ['n1 exited unexpectedly'] },
    },
    { color: false, columns: 110 },
  )
  expect(page).toContain(words)
  expect(page).toContain('n1 exited unexpectedly')
})
