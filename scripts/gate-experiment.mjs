// Does `wsbench gate` see a p99 that is 20 % higher, and nothing where nothing changed? Real runs of a scenario whose
// broker path is 25 ms long each way, 30 ms for the slow ones: 5 of the baseline, 20 that changed nothing, 5 slow ones,
// in turn. Then the gate is put to the slow five and to each five of the unchanged.
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
  - { at: 0s, event: latency, delay: 25ms, for: 5s }
validity: { eventLoopLag: 1s, sendDelay: 1s, workerCpu: 100% }
`,
)

const sets = {
  baseline: 5,
  ...Object.fromEntries(['one', 'two', 'three', 'four'].map((set) => [`unchanged-${set}`, 5])),
  slow: 5,
}
const file = (set, number) => join(directory, `${set}-${number}.json`)
const filesOf = (set) => Array.from({ length: sets[set] }, (_, index) => file(set, index + 1))

let left = Number(most)
for (let number = 1; number <= 5; number += 1) {
  for (const set of Object.keys(sets)) {
    if (left === 0 || existsSync(file(set, number))) continue
    left -= 1
    const slower = set === 'slow' ? ['--set', 'chaos[0].delay=30ms'] : []
    const args = ['run', scenario, ...slower, '--quiet', '--out', `json=${file(set, number)}`]
    const { status, stderr } = wsbench(args)
    if (status === 0) continue
    console.error(`${set} ${number}: exit ${status} ${stderr}`)
    // It measured its machine: to be run again.
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
const baseline = filesOf('baseline').flatMap((path) => ['--baseline', path])
for (const set of Object.keys(sets).filter((name) => name !== 'baseline')) {
  const args = ['gate', ...filesOf(set), ...baseline, '--max-regression', 'latency.p99=10%']
  const { status, stdout } = wsbench([...args, '--allow-different', 'scenario'])
  console.log(`${set}: exit ${status}\n${stdout}`)
}

function wsbench(args) {
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' })
}
