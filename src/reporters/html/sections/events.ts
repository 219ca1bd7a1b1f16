import { decodeHistogram } from '../../../results/latency/histogram.js'
import type { EventResult, Result } from '../../../results/result.js'
import type { Fact, FactBlock } from '../../facts/fact.js'
import { itemList } from '../block.js'
import type { ChartSpec } from '../chart-spec.js'
import { factList } from '../data-table.js'
import { chartFigure, type Section } from '../figure.js'
import { html } from '../markup.js'

const STEPS = 60

/** A card for each event: its row of the table and its other facts, beside how its clients came back. */
export function eventsSection({ events }: Result, { title, table, groups, items }: FactBlock): Section {
  const cards = events.map((event, index) => ({
    event,
    number: index + 1,
    facts: [...factsOfRow(table, index), ...groups[index]!.facts],
    failures: items.filter(({ label }) => label === event.id),
    chart: recoveryChart(event, `chart-recovery-${index + 1}`),
  }))
  return {
    id: 'events',
    title,
    charts: cards.flatMap(({ chart }) => chart ?? []),
    body: html`${cards.map(
      ({ event, number, facts, failures, chart }) => html`<article class="card" id="event-${number}">
<h3><b class="number">${number}</b> ${event.id}</h3>
${itemList(failures)}
<div class="columns"><div>${factList(facts)}</div>
<div>${chart ? chartFigure(chart, 'Reconnected', 'share by downtime') : null}</div></div>
</article>\n`,
    )}`,
  }
}

function factsOfRow(table: FactBlock['table'], index: number): Fact[] {
  if (!table) return []
  return table.columns.map(({ label }, column) => ({ label, ...table.rows[index]!.cells[column]! }))
}

/** A curve that ends below 1 shows that some never reconnected. Null: nobody did. */
function recoveryChart({ affectedClients, recovery }: EventResult, id: string): ChartSpec | null {
  if (affectedClients === 0 || recovery.recovered === 0) return null
  const histogram = decodeHistogram(recovery.downtimeMicros.histogram)
  const shares = Array.from({ length: STEPS }, (_, index) => (index + 1) / STEPS)
  const reached = recovery.recovered / affectedClients
  return {
    id,
    axis: 'micros',
    unit: 'share',
    isLog: false,
    heightPx: 170,
    x: [
      0,
      ...shares.map((share) => Math.min(histogram.getValueAtPercentile(share * 100), histogram.maxValue)),
    ],
    series: [
      {
        label: 'reconnected',
        color: 'green',
        look: 'area',
        values: [0, ...shares.map((share) => share * reached)],
      },
    ],
  }
}
