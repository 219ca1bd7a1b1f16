import { formatDuration, plural } from '../../../base/format.js'
import type { Result, Verdict } from '../../../results/result.js'
import { clusterWords, versionWords } from '../../cluster-words.js'
import { html, type Markup } from '../markup.js'
import { badge, toneOf } from '../outcome-looks.js'

const meanings = {
  pass: 'Every gate held, and the generator kept up.',
  fail: 'The figures can be trusted, and they miss a gate.',
  invalid: 'The figures below can’t be trusted: hold nothing against them, and decide nothing by them.',
  interrupted: 'The run was cut short: what follows is what there was until then.',
} as const satisfies Record<Verdict['outcome'], string>

const MOST_REASONS = 12

/** Of what, on which cluster; the verdict and why; what kind of parts the figures are of. */
export function verdictHead(result: Result): Markup {
  const { scenario, environment, cluster, verdict } = result
  const { plan } = scenario
  const facts = [
    plural(plan.clients.count, 'client'),
    `${formatDuration(plan.phases.measureMs)} measured`,
    ...versionWords(result),
    `${environment.cores} cores of ${environment.cpu}`,
    `seed ${plan.seed}`,
    result.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
  ]
  return html`<header>
<h1>${scenario.name}</h1>
${plan.description === '' ? null : html`<p class="lead">${plan.description}</p>`}
<p class="stack">${clusterWords(result)}</p>
<p class="meta">${facts.map((fact) => html`<span>${fact}</span> `)}</p>
</header>
<section class="verdict ${toneOf(verdict.outcome)}" aria-label="Verdict">
${badge(verdict.outcome)}
<div><p>${meaningOf(result)}</p>${reasonList(verdict.reasons)}</div>
</section>
${embeddedNotice(cluster)}`
}

function meaningOf({ gates, verdict: { outcome } }: Result): string {
  if (outcome === 'pass' && gates.length === 0) return 'The generator kept up; the scenario has no gates.'
  return meanings[outcome]
}

function reasonList(reasons: readonly string[]): Markup | null {
  if (reasons.length === 0) return null
  const rest = reasons.length - MOST_REASONS
  return html`<ul>${reasons.slice(0, MOST_REASONS).map((reason) => html`<li>${reason}</li>`)}${
    rest > 0 ? html`<li>and ${rest} more</li>` : null
  }</ul>`
}

function embeddedNotice({ balancer, broker }: Result['cluster']): Markup | null {
  const embedded = [...(balancer.isEmbedded ? ['balancer'] : []), ...(broker?.isEmbedded ? ['broker'] : [])]
  if (embedded.length === 0) return null
  return html`<p class="notice"><b>Embedded ${embedded.join(' and ')}.</b> wsbench’s own stood in for the real one:
the figures are not those of nginx, HAProxy, Redis or NATS.</p>`
}
