// Writes docs/findings.md, and the figures it shows to docs/findings.json, from saved results and comparisons:
//   npm run build && node scripts/findings.mjs results/*.json
// Findings of scenarios that are not among the files given stay as they are in docs/findings.json; without any file the page
// alone is written anew. To make all of them anew, which takes some twenty-five minutes of a machine with nothing else to do:
//   npm run build && node scripts/findings.mjs --run

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expandMatrix } from '../build/src/experiments/matrix.js'
import { outcomeOf } from '../build/src/results/comparison/comparison.js'
import { readSaved } from '../build/src/results/saved/read-saved.js'
import { loadScenario } from '../build/src/scenarios/load.js'
import { bundledScenarios } from '../build/src/scenarios/yaml/bundled.js'
import { render, scenarioToday } from './findings-page.mjs'

const bothBalancers = 'cluster.balancer=nginx:least-connections,haproxy:least-connections'
/** What scenarios are compared over; those of the playbook that are not here are run once, as they are. */
const comparisons = {
  affinity: [
    'cluster.balancer=nginx:round-robin,nginx:least-connections,nginx:ip-hash,nginx:cookie,haproxy:least-connections,haproxy:cookie,haproxy:consistent-hash',
  ],
  freeze: [bothBalancers],
  jitter: ['cluster.bridge=redis-pubsub'],
  'jitter-resume': ['cluster.bridge=redis-streams,nats-jetstream'],
  'playbook/cookie-imbalance': ['cluster.balancer=nginx:cookie,haproxy:cookie'],
  'playbook/drain-close': [bothBalancers],
  'playbook/drain-cookie': ['cluster.balancer=haproxy:cookie --over cluster.balancer.drainState=maint,drain'],
  'playbook/drain-handover': [bothBalancers],
  'playbook/drain-resume': ['cluster.bridge=redis-streams,nats-jetstream'],
  'playbook/nat-ip-hash': ['cluster.balancer=nginx:ip-hash,haproxy:ip-hash,nginx:least-connections'],
  'playbook/reload': ['cluster.balancer=nginx,haproxy,caddy,apache'],
  'playbook/nats-fanout': ['cluster.bridge=redis-pubsub,nats'],
}
/** Exit codes of runs that came to a result: a gate that fails is a finding, and an invalid run is told as one. */
const cameToAResult = new Set([0, 4, 99])

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const cli = fileURLToPath(new URL('../dist/src/cli.js', import.meta.url))

function extract(file) {
  const { matrix, cells } = readSaved([file])
  const runs = cells.flatMap((cell) => cell.runs)
  const [first] = runs.toSorted((one, other) => (one.startedAt < other.startedAt ? -1 : 1))
  if (!first) throw new Error(`${file}: no run in it came to a result`)
  const { environment: machine, scenario, tool } = first
  const name = bundledScenarios().find((bundled) => bundled.split('/').at(-1) === scenario.name)
  return {
    scenario: name ?? scenario.name,
    ...(name && isAsBundled(name, matrix, cells[0]) ? { content: scenarioToday(name).content } : {}),
    scale: { clients: scenario.plan.clients.count, nodes: scenario.plan.cluster.nodes },
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
    classes: cell.runs.map(({ delivery }) => ({
      lostInFlight: delivery.lostInFlight,
      lostOnDisconnect: delivery.lostOnDisconnect,
      lostWhileOffline: delivery.lostWhileOffline,
      falseRecovery: delivery.falseRecovery,
    })),
    p99Micros: cell.runs.map(({ latency }) => latency.fromPlannedSend.p99 ?? null),
    maxOverMean: cell.runs.map(({ balance }) => balance.end?.maxOverMean ?? null),
    gates: (cell.runs[0]?.gates ?? []).map(({ expression }, index) => {
      const judged = cell.runs.map((run) => run.gates[index])
      return {
        expression,
        ok: judged.every((gate) => gate.outcome === 'pass'),
        reasons: judged.map(({ reason }) => reason),
      }
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
  return name && hashOf(name, []) === scenario.hash
    ? `wsbench run ${name}`
    : `a changed ${name ?? scenario.name} (hash ${scenario.hash.slice(0, 12)})`
}

/** Whether the first cell was of the scenario as it is today. */
function isAsBundled(name, matrix, { name: cellName, runs: [run] }) {
  if (!run) return false
  const axes = matrix?.axes.map(({ path, values }) => `${path}=${values.join(',')}`) ?? []
  const cell = expandMatrix(axes).cells.find((each) => matrix === null || each.name === cellName)
  return (
    cell !== undefined &&
    hashOf(name, [...(matrix?.overrides ?? []), ...cell.overrides]) === run.scenario.hash
  )
}

function hashOf(name, overrides) {
  return createHash('sha256')
    .update(JSON.stringify(loadScenario(name, overrides)))
    .digest('hex')
}

function clusterOf({ cluster: { balancer } }) {
  return `${balancer.kind}:${balancer.strategy}`
}

function partsOf({ cluster: { balancer, broker } }) {
  const name = ({ kind, isEmbedded, version }) => (isEmbedded ? `embedded ${kind}` : `${kind} ${version}`)
  return [name(balancer), ...(broker ? [name(broker)] : [])].join(', ')
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
