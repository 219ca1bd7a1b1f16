// Writes docs/findings.md, and the figures it shows to docs/findings.json, from saved results and comparisons:
//   npm run build && node scripts/findings.mjs results/*.json
// Findings of scenarios that are not among the files given stay as they are in docs/findings.json.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { outcomeOf } from '../dist/src/results/comparison/comparison.js'
import { readSaved } from '../dist/src/saved-results.js'
import { bundledScenarios } from '../dist/src/scenarios/bundled.js'
import { loadScenario } from '../dist/src/scenarios/load.js'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
/** Of the cores: above it other work was going on when the first run began. */
const BUSY_SHARE = 0.5

function extract(file) {
  const { matrix, cells } = readSaved([file])
  const runs = cells.flatMap((cell) => cell.runs)
  const [first] = runs.toSorted((one, other) => (one.startedAt < other.startedAt ? -1 : 1))
  if (!first) throw new Error(`${file}: no run in it came to a result`)
  const { environment: machine, scenario, tool } = first
  return {
    scenario: bundledScenarios().find((name) => name.split('/').at(-1) === scenario.name) ?? scenario.name,
    claim: scenario.plan.description,
    command: matrix ? compareCommand(matrix) : runCommand(first),
    measuredAt: first.startedAt,
    tool: tool.version,
    machine: { cpu: machine.cpu, cores: machine.cores, memoryBytes: machine.memoryBytes, node: machine.node },
    loadAverage: machine.loadAverage ?? null,
    cells: cells.map((cell) => extractCell(cell, matrix !== null)),
  }
}

function extractCell(cell, isOfMatrix) {
  return {
    name: isOfMatrix ? cell.name : clusterOf(cell.runs[0]),
    parts: cell.runs.length > 0 ? partsOf(cell.runs[0]) : 'none started',
    outcome: outcomeOf(cell),
    due: cell.runs.map(({ delivery }) => delivery.due),
    lost: cell.runs.map(({ delivery }) => delivery.lost),
    gates: (cell.runs[0]?.gates ?? []).map(({ expression }, index) => {
      const judged = cell.runs.map((run) => run.gates[index])
      return { expression, ok: judged.every(({ ok }) => ok), reasons: judged.map(({ reason }) => reason) }
    }),
    doubts: cell.runs
      .filter(({ verdict }) => verdict.outcome === 'invalid')
      .map(({ verdict }) => verdict.reasons[0]),
  }
}

function compareCommand({ scenario, overrides, axes, repeats }) {
  const over = axes.map(({ path, values }) => `--over '${path}=${values.join(',')}'`)
  const set = overrides.map((override) => `--set '${override}'`)
  return ['wsbench compare', scenario, ...over, ...set, ...(repeats > 1 ? [`--repeat ${repeats}`] : [])].join(
    ' ',
  )
}

/** A result holds the hash of its scenario: the bare command is given only for what it would run again. */
function runCommand({ scenario }) {
  const name = bundledScenarios().find((bundled) => bundled.split('/').at(-1) === scenario.name)
  const hash =
    name &&
    createHash('sha256')
      .update(JSON.stringify(loadScenario(name)))
      .digest('hex')
  return hash === scenario.hash
    ? `wsbench run ${name}`
    : `a changed ${name ?? scenario.name} (hash ${scenario.hash.slice(0, 12)})`
}

function clusterOf({ cluster: { balancer } }) {
  return `${balancer.kind}:${balancer.strategy}`
}

function partsOf({ cluster: { balancer, broker } }) {
  const name = ({ kind, isEmbedded, version }) => (isEmbedded ? `embedded ${kind}` : `${kind} ${version}`)
  return [name(balancer), ...(broker ? [name(broker)] : [])].join(', ')
}

function render(findings) {
  return `# Findings

What the playbook claims and what was measured. Written by \`scripts/findings.mjs\` from saved results, never by hand; the
figures are in [findings.json](findings.json). A gate says what would have to hold for the claim to be true: one that
failed is a finding, and a run that is invalid settles nothing. On a busy machine a latency that is too high settles nothing
either; counts, balance and a latency that is low enough do.

${findings.map(renderFinding).join('\n')}`
}

function renderFinding({ scenario, claim, command, measuredAt, machine, loadAverage, cells, tool }) {
  return `## ${scenario}

> ${claim}

- Scenario: [\`scenarios/${scenario}.yaml\`](../scenarios/${scenario}.yaml)
- Command: \`${command}\`
- Measured: ${measuredAt.slice(0, 10)}, wsbench ${tool}, ${machine.cores} cores of ${machine.cpu}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB, Node ${machine.node.replace('v', '')}; ${loadWords(loadAverage, machine.cores)}

| cell | verdict | lost of due | gate | |
| --- | --- | ---: | --- | --- |
${cells.flatMap(renderCell).join('\n')}
`
}

function loadWords(loadAverage, cores) {
  if (loadAverage === null) return 'the load of the machine was not recorded'
  const isBusy = loadAverage > cores * BUSY_SHARE
  return `${isBusy ? '**a busy machine**: ' : ''}load average ${loadAverage.toFixed(1)} before the first run`
}

function renderCell({ name, parts, outcome, due, lost, gates, doubts }) {
  const counts = due.map((count, index) => `${format(lost[index])} of ${format(count)}`).join('; ')
  const head = `${name} (${parts}) | **${outcome}** | ${counts}`
  const lines = [
    ...gates.map(({ expression, ok, reasons }) => [
      `\`${expression}\``,
      `${ok ? '✓' : '✗'} ${reasons.join('; ')}`,
    ]),
    ...doubts.map((doubt) => ['the run itself', `? ${doubt}`]),
  ]
  return lines.map(([gate, reason], index) => `| ${index === 0 ? head : ' | | '} | ${gate} | ${reason} |`)
}

function format(count) {
  return count.toLocaleString('en-US')
}

const file = `${docs}findings.json`
const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
const extracted = process.argv.slice(2).map(extract)
const isReplaced = ({ command }) => extracted.some((finding) => finding.command === command)
const findings = [...known.filter((finding) => !isReplaced(finding)), ...extracted].sort((one, other) =>
  one.scenario + one.command < other.scenario + other.command ? -1 : 1,
)
writeFileSync(file, `${JSON.stringify(findings, null, 2)}\n`)
writeFileSync(`${docs}findings.md`, render(findings))
