import { plural } from '../../../base/format.js'
import { type CellOutcome, type Comparison, overallOutcome } from '../../../results/comparison/comparison.js'
import { html, type Markup } from '../markup.js'
import { badge, toneOf } from '../outcome-looks.js'

const meanings = {
  pass: 'Every gate of every cell held.',
  fail: 'The figures can be trusted; some cell misses a gate.',
  invalid: 'Some runs can’t be trusted: their cells are not ranked.',
  interrupted: 'It was cut short: what follows is what there was until then.',
  setup: 'Some runs could not be started.',
  internal: 'Some runs ended in an error of wsbench itself.',
  'not run': 'Some cells were never run.',
} as const satisfies Record<CellOutcome, string>

/** What was compared, on what machine, and how the worst of it ended. */
export function comparisonHead(comparison: Comparison): Markup {
  const outcome = overallOutcome(comparison)
  return html`<header>
<h1>${titleOf(comparison)}</h1>
<p class="stack">${what(comparison)}</p>
<p class="meta">${facts(comparison).map((fact) => html`<span>${fact}</span> `)}</p>
</header>
<section class="verdict ${toneOf(outcome)}" aria-label="Verdict">${badge(outcome)}<div><p>${meanings[outcome]}</p></div></section>`
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
