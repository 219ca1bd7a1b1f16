import { escapeDeep } from '../../base/escape.js'
import type { Result } from '../../results/result.js'
import { documentOf } from './document.js'
import { html } from './markup.js'
import { pageBody } from './page-body.js'
import { balanceSection } from './sections/balance.js'
import { connectionsSection } from './sections/connections.js'
import { eventsSection } from './sections/events.js'
import { gatesSection } from './sections/gates.js'
import { headline } from './sections/headline.js'
import { latencySection } from './sections/latency.js'
import { lossesSection } from './sections/losses.js'
import { setupSection } from './sections/setup.js'
import { bandsOf, timelineSection } from './sections/timeline.js'
import { validitySection } from './sections/validity.js'
import { verdictHead } from './sections/verdict.js'

/** In the order of the questions: what happened when, how late, to whom, can it be trusted, how to do it again. */
const sections = [
  timelineSection,
  latencySection,
  eventsSection,
  lossesSection,
  balanceSection,
  connectionsSection,
  gatesSection,
  validitySection,
  setupSection,
] as const

/** The report of a run as one page. */
export function resultDocument(result: Result): string {
  // Names come from scenarios and from servers: none may hide behind invisible characters.
  const safe = escapeDeep(result)
  const { tool, scenario, verdict, events } = safe
  const { body, charts } = pageBody(
    html`${verdictHead(safe)}${headline(safe)}`,
    sections.flatMap((section) => section(safe) ?? []),
    `${tool.name} ${tool.version}`,
  )
  return documentOf({
    title: `${verdict.outcome.toUpperCase()} · ${scenario.name} · wsbench`,
    body,
    data: { charts, bands: bandsOf(events), measureSeconds: scenario.plan.phases.measureMs / 1000 },
  })
}
