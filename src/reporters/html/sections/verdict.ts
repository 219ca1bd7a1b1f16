import type { Result, Verdict } from '../../../results/result.js'
import { type FactBlock, factText, valueText } from '../../facts/fact.js'
import { sizeFacts } from '../../facts/setup.js'
import { outcomeStyles } from '../../outcome-styles.js'
import { clusterWords } from '../../wording.js'
import { badge } from '../block.js'
import { html, type Markup } from '../markup.js'

const meanings = {
  pass: 'Every gate passed, and the generator kept up.',
  fail: 'The figures can be trusted, and a gate failed.',
  invalid: 'The figures below can’t be trusted. Draw no conclusions from them.',
  interrupted: 'The run ended early. The figures cover the time until then.',
} as const satisfies Record<Verdict['outcome'], string>

const MOST_REASONS = 12

/** The scenario and the cluster; the verdict and why; what to know before reading the figures. */
export function verdictHead(result: Result, notes: FactBlock | null): Markup {
  const { scenario, verdict } = result
  const { description } = scenario.plan
  return html`<header>
<h1>${scenario.name}</h1>
${description === '' ? null : html`<p class="lead">${description}</p>`}
<p class="stack">${clusterWords(result)}</p>
<p class="meta">${sizeFacts(result).map((fact) => html`<span>${factText(fact)}</span> `)}</p>
</header>
<section class="verdict ${outcomeStyles[verdict.outcome].tone}" aria-label="Verdict">
${badge(verdict.outcome)}
<div><p>${meaningOf(result)}</p>${reasonList(verdict.reasons)}</div>
</section>
${notes && html`<div class="notice"><ul class="notes">${notes.items.map((note) => html`<li>${valueText(note)}</li>`)}</ul></div>`}`
}

function meaningOf({ gates, verdict: { outcome } }: Result): string {
  if (outcome !== 'pass' || gates.length > 0) return meanings[outcome]
  return 'No gates: nothing was required. The generator kept up.'
}

function reasonList(reasons: readonly string[]): Markup | null {
  if (reasons.length === 0) return null
  const rest = reasons.length - MOST_REASONS
  return html`<ul>${reasons.slice(0, MOST_REASONS).map((reason) => html`<li>${reason}</li>`)}${
    rest > 0 ? html`<li>and ${rest} more</li>` : null
  }</ul>`
}
