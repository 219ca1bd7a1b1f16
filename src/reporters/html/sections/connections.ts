import { formatCount, formatDuration, formatMicros, formatShare } from '../../../base/format.js'
import { total } from '../../../base/records.js'
import type { Result } from '../../../results/result.js'
import { dataTable, factList } from '../data-table.js'
import type { Section } from '../figure.js'
import { html, type Markup } from '../markup.js'

/** How clients got in, why they were cut off, where they came back to. */
export function connectionsSection(result: Result): Section {
  const { connections } = result
  return {
    id: 'connections',
    title: 'Connections',
    charts: [],
    body: html`${factList([...openings(result), ...returns(result)])}
<div class="columns">${countsTable('Closed with', 'code', connections.closeCodes)}
${countsTable('Failed to connect', 'because of', connections.failed)}</div>`,
  }
}

function openings({ connections, cluster }: Result): [string, string][] {
  const { connectMicros } = connections
  return [
    ['Opened', `${formatCount(connections.opened)} of ${formatCount(connections.attempted)} attempts`],
    ['At once', formatCount(connections.peak)],
    ['All in after', formatDuration(connections.rampUpMs)],
    ...(connectMicros.count > 0
      ? ([
          ['Handshake', `p50 ${formatMicros(connectMicros.p50)}, p99 ${formatMicros(connectMicros.p99)}`],
        ] as [string, string][])
      : []),
    ...(cluster.backlogDisconnects
      ? ([['Cut off, too far behind', formatCount(cluster.backlogDisconnects)]] as [string, string][])
      : []),
  ]
}

function returns({ connections, affinity }: Result): [string, string][] {
  const { reconnects, downtimeMicros } = connections
  if (reconnects === 0) return []
  const judged = affinity.reconnectedSameNode + affinity.reconnectedOtherNode
  const facts: [string, string | null][] = [
    ['Came back', formatCount(reconnects)],
    [
      'Down',
      downtimeMicros.count === 0
        ? null
        : `p50 ${formatMicros(downtimeMicros.p50)}, p99 ${formatMicros(downtimeMicros.p99)}`,
    ],
    ['Back on the same node', judged === 0 ? null : formatShare(affinity.reconnectedSameNode / judged)],
    [
      'Sent to a node that was leaving',
      affinity.routedToDraining ? formatCount(affinity.routedToDraining) : null,
    ],
  ]
  return facts.flatMap(([name, text]): [string, string][] => (text === null ? [] : [[name, text]]))
}

/** The most frequent first. */
function countsTable(title: string, what: string, counts: Readonly<Record<string, number>>): Markup | null {
  if (total(counts) === 0) return null
  const entries = Object.entries(counts).sort(([, left], [, right]) => right - left)
  return html`<div><h3>${title}</h3>${dataTable(
    [what, 'times'],
    entries.map(([name, count]) => ({ name, cells: [formatCount(count)] })),
  )}</div>`
}
