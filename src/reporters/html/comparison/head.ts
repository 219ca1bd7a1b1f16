import { plural } from '../../../base/format.js'
import { type CellOutcome, type Comparison, overallOutcome } from '../../../results/comparison/comparison.js'
import { outcomeStyles } from '../../outcome-styles.js'
import { badge } from '../block.js'
import { html, type Markup } from '../markup.js'

const meanings = {
  pass: 'Every gate of every cell passed.',
  fail: 'The figures can be trusted; a gate of some cell failed.',
  invalid: 'Some runs can’t be trusted: their cells are not ranked.',
  interrupted: 'The comparison ended early. The figures cover the runs until then.',
  setup: 'Some runs could not be started.',
  internal: 'Some runs ended with an error in wsbench.',
  'not run': 'Some cells were never run.',
} as const satisfies Record<CellOutcome, string>

/** What was compared, on which machine, and the worst outcome. */
export function comparisonHead(comparison: Comparison): Markup {
  const outcome = overallOutcome(comparison)
  return html`<header>
<h1>${titleOf(comparison)}</h1>
<p class="stack">${what(comparison)}</p>
<p class="meta">${facts(comparison).map((fact) => html`<span>${fact}</span> `)}</p>
</header>
<section class="verdict ${outcomeStyles[outcome].tone}" aria-label="Verdict">${badge(outcome)}<div><p>${meanings[outcome]}</p></div></section>`
}

export function titleOf({ matrix }: Comparison): string {
  return matrix ? `${matrix.scenario} compared` : 'Results compared'
}

function what({ matrix, cells }: Comparison): string {
  if (!matrix) return `${plural(cells.length, 'saved result')} side by side`
  const runs = `${plural(cells.length, 'cell')} × ${plural(matrix.repeats, 'run')}`
  return `${matrix.axes.map(({ path }) => path).join(' × ')}: ${runs}`
}

function facts({ matrix, cells }: Comparison): string[] {
  const [first] = cells.flatMap(({ runs }) => runs)
  return [
    ...(matrix?.overrides ?? []),
    ...(first
      ? [
          plural(first.scenario.plan.clients.count, 'client'),
          `${first.environment.cores} cores of ${first.environment.cpu}`,
          `seed ${first.scenario.plan.seed}`,
          first.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
        ]
      : []),
  ]
}
