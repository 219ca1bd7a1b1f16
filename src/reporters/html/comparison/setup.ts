import type { Comparison } from '../../../results/comparison/comparison.js'
import { differencesOf } from '../../../results/comparison/differences.js'
import { dataTable } from '../data-table.js'
import type { Section } from '../figure.js'
import { html, type Markup } from '../markup.js'

const MOST = 60

/** What differs between the runs, and the whole plan of the first. */
export function comparisonSetup({ cells }: Comparison): Section | null {
  const runs = cells.flatMap((cell) => cell.runs)
  const [first] = runs
  if (!first) return null
  return {
    id: 'setup',
    title: 'Set-up',
    charts: [],
    body: html`${differencesTable(differencesOf(runs))}
<details><summary>The whole plan of the first run, with all defaults</summary><pre>${JSON.stringify(first.scenario.plan, null, 2)}</pre></details>`,
  }
}

function differencesTable(differences: ReturnType<typeof differencesOf>): Markup | null {
  if (differences.length === 0) return null
  const rest = differences.length - MOST
  return html`<h3>What differs</h3>${dataTable(
    ['', 'values'],
    differences.slice(0, MOST).map(({ path, values }) => ({ name: path, cells: [values.join(', ')] })),
  )}${rest > 0 ? html`<p class="hint">and ${rest} more</p>` : null}`
}
