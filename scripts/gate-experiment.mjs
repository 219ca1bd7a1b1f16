// Does `wsbench gate` find a p99 that is 20 % higher and losses where there were none, and nothing where nothing changed?
// Real runs of a scenario with a broker path of 25 ms each way, round-robin: 5 of the baseline, 15 that changed nothing,
// 5 with 30 ms, and twice 5 in which a node is killed. Then each five are compared with the baseline, and the second
// five with a killed node with the first.
//
//     node scripts/gate-experiment.mjs directory [most runs this time]
//
// Runs whose result is in the directory already are not run again, so that it can be done in parts.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../dist/src/cli.js', import.meta.url))
const [directory, most = '100'] = process.argv.slice(2)
if (!directory) throw new Error('usage: gate-experiment.mjs directory [most runs this time]')
mkdirSync(directory, { recursive: true })

const LATENCY = '{ at: 0s, event: latency, delay: 25ms, for: 5s }'
const scenario = join(directory, 'experiment.yaml')
writeFileSync(
  scenario,
  `name: gate-experiment
cluster: { nodes: 2 }
clients: { count: 50, connectRate: 500/s }
traffic:
  - channel: { name: scores }
    publishers: 4
    rate: 20/s
phases: { warmup: 1s, measure: 5s, grace: 2s }
chaos:
  - ${LATENCY}
validity: { eventLoopLag: 10s, sendDelay: 10s, overruns: 100%, workerCpu: 100%, pause: 60s }
`,
)

const sets = {
  baseline: 5,
  ...Object.fromEntries(['one', 'two', 'three'].map((set) => [`unchanged-${set}`, 5])),
  slow: 5,
  'killed-one': 5,
  'killed-two': 5,
}
const settings = {
  slow: ['--set', 'chaos[0].delay=30ms'],
  ...Object.fromEntries(
    ['killed-one', 'killed-two'].map((set) => [
      set,
      ['--set', `chaos=[${LATENCY}, { at: 2s, event: node-kill }]`],
    ]),
  ),
}
const file = (set, number) => join(directory, `${set}-${number}.json`)
const filesOf = (set) => Array.from({ length: sets[set] }, (_, index) => file(set, index + 1))

let left = Number(most)
for (let number = 1; number <= 5; number += 1) {
  for (const set of Object.keys(sets)) {
    if (left === 0 || existsSync(file(set, number))) continue
    left -= 1
    const args = ['run', scenario, ...(settings[set] ?? []), '--quiet', '--out', `json=${file(set, number)}`]
    const { status, stderr } = wsbench(args)
    if (status === 0) continue
    console.error(`${set} ${number}: exit ${status} ${stderr}`)
    // Invalid: to be run again.
    rmSync(file(set, number), { force: true })
  }
}

const missing = Object.keys(sets)
  .flatMap(filesOf)
  .filter((path) => !existsSync(path))
if (missing.length > 0) {
  console.log(`${missing.length} runs to go`)
  process.exit()
}
for (const set of Object.keys(sets).filter((name) => name !== 'baseline')) compare(set, 'baseline')
compare('killed-two', 'killed-one')

function compare(set, baseline) {
  const against = filesOf(baseline).flatMap((path) => ['--baseline', path])
  const limits = ['latency.p99=10%', 'delivery.lost=50%,0'].flatMap((limit) => ['--max-regression', limit])
  const args = ['gate', ...filesOf(set), ...against, ...limits, '--allow-different', 'scenario']
  const { status, stdout } = wsbench(args)
  console.log(`${set} against ${baseline}: exit ${status}\n${stdout}`)
}

function wsbench(args) {
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' })
}
