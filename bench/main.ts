import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/package-info.js'
import { buildLimit } from './c-limit.js'
import type { Figure } from './figure.js'
import { cores } from './program.js'
import { renderFigures, renderMarkdown } from './report.js'
import { workloads } from './workloads/index.js'

const USAGE = `npm run bench -- [${Object.keys(workloads).join(' | ')} …] [--rounds 10] [--out bench/results/latest.json] [--docs]`

interface Saved {
  readonly node: string
  readonly cpu: string
  readonly at: string
  readonly figures: readonly Figure[]
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      /** Put what is in the file now into docs/performance.md as well. */
      docs: { type: 'boolean', default: false },
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
}

function isSameAs({ name, against }: Figure): (other: Figure) => boolean {
  return (other) => other.name === name && other.against === against
}

function readFigures(file: string): readonly Figure[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Saved).figures
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Between the marks; the rest of the page is written by hand. */
function writeDocs(figures: readonly Figure[]): void {
  const page = join(packageRoot, 'docs', 'performance.md')
  const cpu = `${cpus().length} cores of ${cpus()[0]?.model}, Node ${process.version}`
  const block = `<!-- bench -->\n${cpu}:\n\n${renderMarkdown(figures)}\n<!-- /bench -->`
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(/<!-- bench -->.*<!-- \/bench -->/s, () => block),
  )
}

function save(file: string, figures: readonly Figure[]): void {
  mkdirSync(dirname(file), { recursive: true })
  const cpu = cpus()[0]?.model ?? ''
  const saved: Saved = { node: process.version, cpu, at: new Date().toISOString(), figures }
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`)
}

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
