import { formatCount, formatDuration, formatMicros, formatShare } from '../../base/format.js'
import { total } from '../../base/records.js'
import type { Result } from '../../results/result.js'
import type { Page } from '../page.js'

/** How clients got in, why they were cut off, where they came back to. */
export function connectionsBlock(result: Result, page: Page): string[] {
  const { connections, cluster } = result
  const { connectMicros, failed } = connections
  return [
    page.heading('Connections'),
    ...page.facts([
      `${formatCount(connections.opened)} opened of ${formatCount(connections.attempted)} attempts`,
      `all in after ${formatDuration(connections.rampUpMs)}`,
      `${formatCount(connections.peak)} at once`,
      ...(connectMicros.count > 0
        ? [`handshake p50 ${formatMicros(connectMicros.p50)}, p99 ${formatMicros(connectMicros.p99)}`]
        : []),
    ]),
    ...page
      .facts(total(failed) > 0 ? [`failed: ${byName(failed)}`] : [])
      .map((line) => page.paint('yellow', line)),
    ...page.facts(heartbeats(result)),
    ...page.facts(total(connections.closeCodes) > 0 ? [`closed with ${byName(connections.closeCodes)}`] : []),
    ...page
      .facts(cluster.backlogDisconnects ? [tooFarBehind(cluster.backlogDisconnects)] : [])
      .map((line) => page.paint('yellow', line)),
    ...page.facts(returns(result)),
  ]
}

function tooFarBehind(count: number): string {
  return `${formatCount(count)} cut off by their node: too far behind in reading`
}

function heartbeats({ connections: { heartbeats } }: Result): string[] {
  const { sent, answered, missed } = heartbeats
  if (sent === 0) return []
  return [
    `${formatCount(sent)} heartbeats`,
    `${formatCount(answered)} answered`,
    `${formatCount(missed)} not in time`,
  ]
}

function returns({ connections, affinity }: Result): string[] {
  const { reconnects, downtimeMicros } = connections
  if (reconnects === 0) return []
  const same = affinity.reconnectedSameNode / (affinity.reconnectedSameNode + affinity.reconnectedOtherNode)
  return [
    `${formatCount(reconnects)} came back`,
    ...(downtimeMicros.count > 0
      ? [`down p50 ${formatMicros(downtimeMicros.p50)}, p99 ${formatMicros(downtimeMicros.p99)}`]
      : []),
    ...(Number.isNaN(same) ? [] : [`${formatShare(same)} to the node they had been on`]),
    ...(affinity.routedToDraining
      ? [`${formatCount(affinity.routedToDraining)} sent to one that was leaving`]
      : []),
  ]
}

/** `1006 ×2,500, 1001 ×12`, the most frequent first. */
function byName(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, left], [, right]) => right - left)
  return entries.map(([name, count]) => `${name} ×${formatCount(count)}`).join(', ')
}
