import { formatCount } from '../base/format.js'
import { Page } from '../reporters/page.js'
import type { RenderOptions } from '../reporters/reporter.js'
import type { NodeStatus, Status } from './messages.js'

/** What `wsbench cluster status` prints without --json. */
export function statusTable(status: Status, rendering: RenderOptions): string {
  const page = new Page(rendering)
  const { balancer, broker, bridge } = status.cluster
  const embedded = (part: { readonly isEmbedded: boolean } | null) => (part?.isEmbedded ? ' (embedded)' : '')
  const blocks = [
    [page.heading('Clients connect to'), ...status.urls.map((url) => `  ${url}`)],
    [
      page.heading('Cluster'),
      ...page.facts([
        `${balancer.kind}${embedded(balancer)} ${balancer.strategy}`,
        bridge,
        broker === null ? 'no broker' : `${broker.kind}${embedded(broker)} at ${status.brokerUrl}`,
        `up since ${status.since}, process ${status.pid}`,
      ]),
    ],
    page.grid(
      ['Nodes', 'address', 'state', 'connections', 'accepted', 'published', 'slow consumers'],
      status.nodes.map(rowOf),
    ),
    ...(status.unexpectedExits.length === 0
      ? []
      : [[page.heading('Unexpected exits'), ...page.facts(status.unexpectedExits)]]),
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function rowOf({ id, host, port, state, stats }: NodeStatus) {
  const figure = (count: number | undefined) => (count === undefined ? '–' : formatCount(count))
  return {
    name: id,
    cells: [
      `${host}:${port}`,
      stats === null ? 'no answer' : state,
      figure(stats?.connections),
      figure(stats?.accepted),
      figure(stats?.published),
      figure(stats?.backlogDisconnects),
    ],
  }
}
