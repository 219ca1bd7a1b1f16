import type { Result } from '../../../results/result.js'
import { formatBytes, formatCount, formatSpan } from '../../format.js'
import { factList } from '../data-table.js'
import type { Section } from '../figure.js'
import { html } from '../markup.js'

/** Everything needed to run it again: the machine, the versions, the whole plan. */
export function setupSection({ environment, cluster, scenario, tool, ...result }: Result): Section {
  const { balancer, broker } = cluster
  const versionOf = (part: {
    readonly kind: string
    readonly version: string
    readonly isEmbedded: boolean
  }) => `${part.kind} ${part.version}${part.isEmbedded ? ', embedded' : ''}`
  return {
    id: 'setup',
    title: 'Set-up',
    charts: [],
    body: html`${scenario.plan.notes.length === 0 ? null : html`<ul class="notes">${scenario.plan.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${factList([
  ['Balancer', `${versionOf(balancer)}, ${balancer.strategy}`],
  ['Broker', broker ? `${versionOf(broker)}, ${cluster.bridge}` : 'none'],
  ['Nodes', `${formatCount(cluster.nodes.length)}: ${cluster.nodes.join(', ')}`],
  ['Machine', `${environment.host}, ${environment.cores} cores of ${environment.cpu}`],
  ['Memory', formatBytes(environment.memoryBytes)],
  ['Descriptors', `${formatCount(environment.descriptors)} a process`],
  ['System', `${environment.platform}, node ${environment.node}`],
  ['Load before', environment.loadAverage.toFixed(2)],
  ['Started', result.startedAt],
  ['Took', formatSpan(result.durationMs)],
  ['Scenario', `${scenario.name}, hash ${scenario.hash}, seed ${scenario.plan.seed}`],
  ['Made by', `${tool.name} ${tool.version}`],
])}
<details><summary>The whole plan, every default resolved</summary><pre>${JSON.stringify(scenario.plan, null, 2)}</pre></details>`,
  }
}
