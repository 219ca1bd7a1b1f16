import type { ChartSpec } from './chart-spec.js'
import { html, type Markup } from './markup.js'

/** A section of a report, with the charts that are to be drawn into it. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly body: Markup
  readonly charts: readonly ChartSpec[]
}

/** Where a chart is drawn, below its title; the legend shows the values under the cursor. */
export function chartFigure({ id }: ChartSpec, title: string, remark = ''): Markup {
  return html`<figure class="chart" id="${id}">
<figcaption><b>${title}</b> <span>${remark}</span></figcaption>
<div class="legend"></div><div class="plot"></div>
</figure>
`
}
