import { formatBytes, formatCount, formatDuration } from '../../../base/format.js'
import type { Result } from '../../../results/result.js'
import { hostsOf } from '../../cluster-words.js'
import { factList } from '../data-table.js'
import type { Section } from '../figure.js'
import { html } from '../markup.js'

/** Everything needed to run it again: the machine, the versions, the whole plan. */
export function setupSection(result: Result): Section {
  const { environment, scenario, tool } = result
  return {
    id: 'setup',
    title: 'Set-up',
    charts: [],
    body: html`${scenario.plan.notes.length === 0 ? null : html`<ul class="notes">${scenario.plan.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${factList([
  ...partsOf(result),
  ['Machine', `${environment.host}, ${environment.cores} cores of ${environment.cpu}`],
  ['Memory', formatBytes(environment.memoryBytes)],
  ['Descriptors', `${formatCount(environment.descriptors)} a process`],
  ['System', `${environment.platform}, node ${environment.node}`],
  ['Load before', environment.loadAverage.toFixed(2)],
  ['Started', result.startedAt],
  ['Took', formatDuration(result.durationMs)],
  ['Scenario', `${scenario.name}, hash ${scenario.hash}, seed ${scenario.plan.seed}`],
  ['Made by', `${tool.name} ${tool.version}`],
])}
<details><summary>The whole plan, every default resolved</summary><pre>${JSON.stringify(scenario.plan, null, 2)}</pre></details>`,
  }
}

function partsOf({ cluster, scenario }: Result): [string, string][] {
  const { balancer, broker, nodes } = cluster
  const { target } = scenario.plan
  const nodeNames: [string, string] = ['Nodes', `${formatCount(nodes.length)}: ${nodes.join(', ')}`]
  if (target) {
    return [
      ['Target', hostsOf(target.urls)],
      ['Protocol', target.protocol.kind],
      // Only those that say who they are.
      ...(nodes.length === 0 ? [] : [nodeNames]),
    ]
  }
  const versionOf = (part: typeof balancer | NonNullable<typeof broker>) =>
    `${part.kind} ${part.version}${part.isEmbedded ? ', embedded' : ''}`
  return [
    ['Balancer', `${versionOf(balancer)}, ${balancer.strategy}`],
    ['Broker', broker ? `${versionOf(broker)}, ${cluster.bridge}` : 'none'],
    nodeNames,
  ]
}
