// Renders docs/findings.md from docs/findings.json, and from the scenarios as they are today.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** Load average per core above which the machine was busy with other work. */
const BUSY_SHARE = 0.5

/** For a claim that is not simply that all gates pass: the cells it is about, and the gate that it says will fail. */
const readings = {
  'playbook/nat-ip-hash': { cells: /ip-hash$/, saysMissed: 'balance.maxOverMean{at=end} < 1.25' },
  'playbook/nats-fanout': { cells: /nats$/ },
}

const classNames = {
  lostInFlight: 'in flight',
  lostOnDisconnect: 'on disconnect',
  lostWhileOffline: 'while offline',
  falseRecovery: 'false recovery',
}

/** A scenario as it is now: its gates, and a hash of its content without comments; null if it does not exist. */
export function scenarioToday(name) {
  const file = new URL(`../scenarios/${name}.yaml`, import.meta.url)
  if (!existsSync(file)) return null
  const content = parse(readFileSync(file, 'utf8'))
  return {
    gates: content.gates.map((entry) => entry.gate ?? entry),
    content: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12),
  }
}

export function render(findings, today = scenarioToday) {
  return `# Findings

The claims of a public article, "WebSocket Load Balancing: How to Distribute Millions of Persistent Connections", and what was measured.
\`scripts/findings.mjs\` writes this page from saved results; the figures are in [findings.json](findings.json). A verdict is about the
claim, not about the run:

- **holds**: every gate that the claim implies passed.
- **does not hold**: at least one failed, and a busy machine does not explain it.
- **not settled**: the run is invalid, or only latencies were too high and the machine was busy.
- _for comparison_: a cell that the claim is not about.

p99 is the latency of the whole run, from planned send. max/mean is connections of the fullest node over the mean, at the end. A dash is
a figure that was not recorded.

${findings.map((finding) => renderFinding(finding, today(finding.scenario))).join('\n')}`
}

/** What a cell says about the claim. */
export function verdictOf({ scenario, loadAverage, machine }, { name, outcome, gates, doubts }) {
  const { cells, saysMissed } = readings[scenario] ?? {}
  if (cells && !cells.test(name)) return '_for comparison_'
  if (outcome !== 'pass' && outcome !== 'fail')
    return `**not settled**: ${doubts[0] ?? `the run is ${outcome}`}`
  const missed = gates.filter(({ ok }) => !ok).map(({ expression }) => expression)
  if (saysMissed) return missed.includes(saysMissed) ? '**holds**' : '**does not hold**'
  if (missed.length === 0) return '**holds**'
  const isOnlySlow = missed.every((expression) => /^(latency|recovery)\./.test(expression))
  return isOnlySlow && isBusy(loadAverage, machine.cores)
    ? '**not settled**: busy machine'
    : '**does not hold**'
}

function renderFinding(finding, today) {
  const { scenario, claim, command, measuredAt, machine, loadAverage, cells, tool } = finding
  const settings = [...command.matchAll(/--set '([^']+)'/g)].map(([, setting]) => `\`${setting}\``).join(', ')
  return `## ${scenario}${settings && `, with ${settings}`}

> ${claim}${settings && ` (here with ${settings})`}

- Scenario: [\`scenarios/${scenario}.yaml\`](../scenarios/${scenario}.yaml)${changeWords(finding, today)}
- Command: \`${command}\`
- Scale: ${scaleWords(finding)}
- Measured: ${measuredAt.slice(0, 10)}, wsbench ${tool}, ${machine.cores} cores of ${machine.cpu}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB, Node ${machine.node.replace('v', '')}; ${loadWords(loadAverage, machine.cores)}

| cell | claim | lost of due | p99 | max/mean | gate | |
| --- | --- | ---: | ---: | ---: | --- | --- |
${cells.flatMap((cell) => renderCell(cell, verdictOf(finding, cell))).join('\n')}
`
}

/** Whether the scenario has changed since it was measured. */
function changeWords({ cells, content }, today) {
  if (today === null) return ', **which no longer exists**'
  const gates = cells.find((cell) => cell.gates.length > 0)?.gates.map(({ expression }) => expression)
  const isChanged = content === undefined ? false : content !== today.content
  const isJudgedOtherwise = gates !== undefined && gates.join('\n') !== today.gates.join('\n')
  if (isJudgedOtherwise) return ', **whose gates have changed since it was recorded**'
  if (isChanged) return ', **which has changed since it was recorded**'
  return content === undefined ? '; whether anything but its gates has changed since was not recorded' : ''
}

function scaleWords({ scale, cells }) {
  const most = Math.max(0, ...cells.flatMap(({ due }) => due))
  const due = `up to ${format(most)} deliveries due in a run`
  return scale
    ? `${format(scale.clients)} clients on ${scale.nodes} nodes, ${due}`
    : `clients and nodes were not recorded, ${due}`
}

function isBusy(loadAverage, cores) {
  return loadAverage !== null && loadAverage > cores * BUSY_SHARE
}

function loadWords(loadAverage, cores) {
  if (loadAverage === null) return 'the load of the machine was not recorded'
  const busy = isBusy(loadAverage, cores) ? '**a busy machine**: ' : ''
  return `${busy}load average ${loadAverage.toFixed(1)} before the first run`
}

function renderCell({ name, parts, due, lost, classes, p99Micros, maxOverMean, gates, doubts }, verdict) {
  const counts = due.map((count, index) => lossWords(lost[index], count, classes?.[index]))
  const p99 = (p99Micros ?? []).map((micros) => (micros === null ? '–' : `${(micros / 1000).toFixed(1)} ms`))
  const uneven = (maxOverMean ?? []).map((ratio) => (ratio === null ? '–' : ratio.toFixed(2)))
  const columns = [counts, p99, uneven].map((values) => values.join('; ') || '–')
  const head = [`${name} (${parts})`, verdict, ...columns]
  const lines = [
    ...gates.map(({ expression, ok, reasons }) => [
      `\`${expression}\``,
      `${ok ? '✓' : '✗'} ${reasons.join('; ')}`,
    ]),
    ...doubts.map((doubt) => ['the run itself', `? ${doubt}`]),
  ]
  if (lines.length === 0) lines.push(['', ''])
  return lines.map(
    (line, index) => `| ${[...(index === 0 ? head : ['', '', '', '', '']), ...line].join(' | ')} |`,
  )
}

function lossWords(lost, due, classes) {
  const counts = `${format(lost)} of ${format(due)}`
  const named = Object.entries(classes ?? {}).filter(([, count]) => count > 0)
  return named.length === 0
    ? counts
    : `${counts}: ${named.map(([name, count]) => `${format(count)} ${classNames[name]}`).join(', ')}`
}

function format(count) {
  return count.toLocaleString('en-US')
}
