import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/base/package-info.js'
import { buildLimit } from './c-limit.js'
import { type Figure, isMet } from './figure.js'
import { cores } from './program.js'
import { renderFigures, renderMarkdown } from './report.js'
import { workloads } from './workloads/index.js'

const USAGE = `npm run bench -- [${Object.keys(workloads).join(' | ')} …] [--rounds 10] [--out bench/results/latest.json] [--docs] [--check]`

/** Where figures are measured, as the page tells it: those of elsewhere are not put beside them. */
const WHERE = `${cpus().length} cores of ${cpus()[0]?.model}, Node ${process.version}`

interface Saved {
  readonly where: string
  /** Of the last run that put figures here. */
  readonly at: string
  readonly figures: readonly Figure[]
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      /** Put what is in the file now into docs/performance.md as well. */
      docs: { type: 'boolean', default: false },
      /** Exit 1 when a median misses its target. */
      check: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '10' },
      out: { type: 'string', default: join(packageRoot, 'bench', 'results', 'latest.json') },
    },
  })
  const names = positionals.length > 0 ? positionals : Object.keys(workloads)
  const rounds = Number(values.rounds)
  if (names.some((name) => !Object.hasOwn(workloads, name)) || !(rounds >= 1)) throw new Error(USAGE)
  if (process.platform !== 'linux')
    throw new Error('the bench reads what processes use from /proc: Linux only')
  // Whoever is measured shares its core with nobody, this process included.
  spawnSync('taskset', ['-pc', String(cores.others), String(process.pid)])

  const limit = buildLimit()
  const earlier = readFigures(values.out)
  const figures: Figure[] = []
  for (const name of names) {
    const workload = workloads[name]!
    console.error(workload.title)
    figures.push(...(await workload.run({ rounds, limit })))
  }
  console.log(renderFigures(figures, earlier))
  const all = [...earlier.filter((one) => !figures.some(isSameAs(one))), ...figures]
  save(values.out, all)
  if (values.docs) writeDocs(all)
  const missed = figures.filter((figure) => isMet(figure) === false)
  if (values.check && missed.length > 0) {
    const names = missed.map(({ name, against }) => `${name} / ${against}`)
    throw new Error(`misses its target: ${names.join(', ')}`)
  }
}

function isSameAs({ name, against }: Figure): (other: Figure) => boolean {
  return (other) => other.name === name && other.against === against
}

/** None, said aloud, from another machine or Node. */
function readFigures(file: string): readonly Figure[] {
  if (!existsSync(file)) return []
  const { where, figures } = JSON.parse(readFileSync(file, 'utf8')) as Saved
  if (where === WHERE) return figures
  console.error(`${file}: left out are ${figures.length} figures of ${where ?? 'an unknown machine'}`)
  return []
}

/** Between the marks; the rest of the page is written by hand. */
function writeDocs(figures: readonly Figure[]): void {
  const page = join(packageRoot, 'docs', 'performance.md')
  const block = `<!-- bench -->\n${WHERE}:\n\n${renderMarkdown(figures)}\n<!-- /bench -->`
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(/<!-- bench -->.*<!-- \/bench -->/s, () => block),
  )
}

function save(file: string, figures: readonly Figure[]): void {
  mkdirSync(dirname(file), { recursive: true })
  const saved: Saved = { where: WHERE, at: new Date().toISOString(), figures }
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`)
}

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
