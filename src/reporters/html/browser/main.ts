import type { ReportData } from '../chart-spec.js'
import { drawChart } from './draw-chart.js'

const data = JSON.parse(document.getElementById('report-data')!.textContent) as ReportData
const firstOverTime = data.charts.find(({ axis }) => axis === 'seconds')
const charts = data.charts.map((spec) =>
  drawChart(spec, {
    bands: spec.axis === 'seconds' ? data.bands : [],
    measureSeconds: spec.axis === 'seconds' ? data.measureSeconds : null,
    isNumbered: spec === firstOverTime,
  }),
)

// Canvases take their colours from the style sheet when they are drawn.
for (const query of ['(prefers-color-scheme: dark)', 'print']) {
  matchMedia(query).addEventListener('change', () => {
    for (const chart of charts) chart.redraw()
  })
}
