import { escapeDeep } from '../../base/escape.js'
import type { Result } from '../../results/result.js'
import { type BlockName, type RunFacts, runFacts } from '../facts/run-facts.js'
import { termsIn } from '../facts/terms.js'
import { verdictWords } from '../wording.js'
import { blockMarkup } from './block.js'
import { factList } from './data-table.js'
import { documentOf } from './document.js'
import type { Section } from './figure.js'
import { html } from './markup.js'
import { pageBody } from './page-body.js'
import { eventsSection } from './sections/events.js'
import { headline } from './sections/headline.js'
import { latencySection } from './sections/latency.js'
import { bandsOf, timelineSection } from './sections/timeline.js'
import { verdictHead } from './sections/verdict.js'

/** After the timeline; the order differs from the terminal, where gates come last. */
const order: readonly BlockName[] = [
  'latency',
  'events',
  'deliveries',
  'balance',
  'connections',
  'gates',
  'generator',
  'setup',
]

/** The report of a run as one page. */
export function resultDocument(result: Result): string {
  // Names come from scenarios and from servers: invisible characters must not hide in them.
  const safe = escapeDeep(result)
  const { tool, scenario, events } = safe
  const facts = runFacts(safe)
  const { body, charts } = pageBody(
    html`${verdictHead(safe, facts.notes)}${headline(safe)}`,
    [timelineSection(safe), ...order.flatMap((name) => blockSection(name, facts, safe)), termsSection(facts)],
    `${tool.name} ${tool.version}`,
  )
  return documentOf({
    title: `${verdictWords(safe)} · ${scenario.name} · wsbench`,
    body,
    data: { charts, bands: bandsOf(events), measureSeconds: scenario.plan.phases.measureMs / 1000 },
  })
}

function blockSection(id: BlockName, facts: RunFacts, result: Result): Section[] {
  const block = facts[id]
  if (block === null) return []
  if (id === 'latency') return [latencySection(result, block)]
  if (id === 'events') return [eventsSection(result, block)]
  const plan = JSON.stringify(result.scenario.plan, null, 2)
  const details = html`<details><summary>The whole plan, with all defaults</summary><pre>${plan}</pre></details>`
  const body = html`${blockMarkup(block)}${id === 'setup' ? details : null}`
  return [{ id, title: block.title, charts: [], body }]
}

function termsSection(facts: RunFacts): Section {
  const body = html`<details><summary>What the labels mean</summary>${factList(termsIn(facts))}</details>`
  return { id: 'terms', title: 'Terms', charts: [], body }
}
