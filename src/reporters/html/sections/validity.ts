import { formatBytes, formatDuration, formatMicros, formatShare } from '../../../base/format.js'
import { type Reading, readingsOf } from '../../../results/assemble/bounds.js'
import type { Result } from '../../../results/result.js'
import { dataTable } from '../data-table.js'
import type { Section } from '../figure.js'
import { html, type Markup } from '../markup.js'

/** Whether the figures are the cluster's or the generator's own: its bounds, its workers, and what each part took. */
export function validitySection(result: Result): Section {
  return {
    id: 'validity',
    title: 'Validity',
    charts: [],
    body: html`<p class="hint">Past any of these bounds the run is invalid: it measured the generator, not the cluster.</p>
<ul class="gates">${readingsOf(result).map(readingItem)}</ul>
<div class="columns"><div>${workersTable(result)}</div><div>${partsTable(result)}</div></div>
${clockSteps(result)}`,
  }
}

function readingItem({ words, advice, isExceeded, isNear }: Reading): Markup {
  const [tone, symbol] = isExceeded ? ['doubt', '?'] : isNear ? ['doubt', '!'] : ['good', '✓']
  return html`<li class="${tone}"><span class="symbol">${symbol}</span><span>${words}</span>${
    isExceeded || isNear ? html`<span class="reason">${advice}</span>` : null
  }</li>\n`
}

function workersTable({ generator: { workers } }: Result): Markup | null {
  if (workers.length === 0) return null
  return html`<h3>Generator</h3>${dataTable(
    ['worker', 'core', 'loop lag p99', 'pause', 'send delay p99', 'memory'],
    workers.map((worker, index) => ({
      name: String(index),
      cells: [
        formatShare(worker.cpuShareMax, 2),
        formatMicros(worker.eventLoopLagP99Micros),
        formatMicros(worker.longestPauseMicros),
        formatMicros(worker.sendDelayP99Micros),
        formatBytes(worker.peakRssBytes),
      ],
    })),
  )}`
}

function partsTable({ cluster: { peaks } }: Result): Markup | null {
  const parts = Object.entries(peaks)
  if (parts.length === 0) return null
  return html`<h3>What each part took</h3>${dataTable(
    ['part', 'memory at most', 'CPU time'],
    parts.map(([name, { rssBytes, cpuMicros }]) => ({
      name,
      cells: [formatBytes(rssBytes), formatMicros(cpuMicros)],
    })),
  )}`
}

function clockSteps({ generator: { wallClockSteps } }: Result): Markup | null {
  if (wallClockSteps.length === 0) return null
  const steps = wallClockSteps.map(
    ({ atMs, stepMs }) =>
      `by ${stepMs < 0 ? '−' : '+'}${formatMicros(Math.abs(stepMs) * 1000)} at ${formatDuration(atMs)}`,
  )
  return html`<p class="hint">The wall clock stepped ${steps.join(', ')}; no figure depends on it.</p>`
}
