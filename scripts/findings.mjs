// Writes docs/findings.md, and the figures it shows to docs/findings.json, from saved results and comparisons:
//   npm run build && node scripts/findings.mjs results/*.json
// Findings of scenarios that are not among the files given stay as they are in docs/findings.json. To make all of them anew,
// which takes some twenty minutes of a machine with nothing else to do:
//   npm run build && node scripts/findings.mjs --run

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { outcomeOf } from '../dist/src/results/comparison/comparison.js'
import { readSaved } from '../dist/src/saved-results.js'
import { bundledScenarios } from '../dist/src/scenarios/bundled.js'
import { loadScenario } from '../dist/src/scenarios/load.js'

const bothBalancers = 'cluster.balancer=nginx:least-connections,haproxy:least-connections'
/** What scenarios are compared over; those of the playbook that are not here are run once, as they are. */
const comparisons = {
  affinity: [
    'cluster.balancer=nginx:round-robin,nginx:least-connections,nginx:ip-hash,nginx:cookie,haproxy:least-connections,haproxy:cookie,haproxy:consistent-hash',
  ],
  jitter: ['cluster.bridge=redis-pubsub', 'cluster.bridge=redis-streams --set clients.reconnect.resume=true'],
  'playbook/cookie-imbalance': ['cluster.balancer=nginx:cookie,haproxy:cookie'],
  'playbook/drain-close': [bothBalancers],
  'playbook/drain-cookie': ['cluster.balancer=haproxy:cookie --over cluster.balancer.drainState=maint,drain'],
  'playbook/drain-handover': [bothBalancers],
  'playbook/drain-resume': ['cluster.bridge=redis-streams,nats-jetstream'],
  'playbook/nat-ip-hash': ['cluster.balancer=nginx:ip-hash,haproxy:ip-hash,nginx:least-connections'],
  'playbook/nats-fanout': ['cluster.bridge=redis-pubsub,nats'],
}
/** Exit codes of runs that came to a result: a gate that fails is a finding, and an invalid run is told as one. */
const cameToAResult = new Set([0, 4, 99])

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const cli = fileURLToPath(new URL('../dist/src/cli.js', import.meta.url))
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

/** The command line of every finding. */
function commands() {
  const names = bundledScenarios().filter((name) => name.startsWith('playbook/') || name in comparisons)
  return names.flatMap((name) =>
    name in comparisons
      ? comparisons[name].map((over) => ['compare', name, '--over', ...over.split(' ')])
      : [['run', name]],
  )
}

/** Runs them all; the files it saved, and the load average before the first of them. */
function runAll(directory) {
  const [loadAverage] = loadavg()
  const startMs = Date.now()
  const files = commands().map((args, index, all) => {
    const file = join(directory, `${index}.json`)
    console.error(`${index + 1}/${all.length} wsbench ${args.join(' ')}`)
    const { status } = spawnSync(process.execPath, [cli, ...args, '--quiet', '--out', `json=${file}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (!cameToAResult.has(status))
      throw new Error(`wsbench ${args.join(' ')} ended with exit code ${status}`)
    return file
  })
  console.error(
    `all in ${Math.round((Date.now() - startMs) / 1000)} s, load average before ${loadAverage.toFixed(2)}`,
  )
  return { files, loadAverage }
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

/** Of files that this script made itself, the load of the machine is that before the first of all: later it is our own. */
function extractAll(args) {
  if (args[0] !== '--run') return args.map(extract)
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-findings-'))
  try {
    const { files, loadAverage } = runAll(directory)
    return files.map((saved) => ({ ...extract(saved), loadAverage }))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const file = `${docs}findings.json`
const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
const args = process.argv.slice(2)
const extracted = extractAll(args)
const isReplaced = ({ command }) =>
  args[0] === '--run' || extracted.some((finding) => finding.command === command)
const findings = [...known.filter((finding) => !isReplaced(finding)), ...extracted].sort((one, other) =>
  one.scenario + one.command < other.scenario + other.command ? -1 : 1,
)
writeFileSync(file, `${JSON.stringify(findings, null, 2)}\n`)
writeFileSync(`${docs}findings.md`, render(findings))
