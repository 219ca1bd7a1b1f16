import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { createRandom, hash32 } from '../base/random.js'
import { reporters } from '../reporters/index.js'
import { assembleResult } from '../results/assemble/assemble.js'
import { asSaved } from '../results/saved/read-saved.js'
import { sampleRecord } from '../results/testing/sample-record.js'
import { sampleTargetRecord } from '../results/testing/sample-target.js'
import { bundledScenarios, findScenario } from '../scenarios/yaml/bundled.js'
import { execute } from './program.js'
import { mutatedData, mutatedText, oneOf, type Random } from './testing/mutate.js'

/** `WSBENCH_LONG=1`; `WSBENCH_FUZZ_SEED=7` for other files. */
const isLong = process.env.WSBENCH_LONG === '1'
const SEED = Number(process.env.WSBENCH_FUZZ_SEED ?? 1)
const SCENARIOS = isLong ? 5_000 : 100
const RESULTS = isLong ? 2_000 : 40
/** CPU time: the machine may be busy with others. */
const LONGEST_MS = 2_000
const MOST_FAULTS = 20

let home: string
let printed = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'wsbench-hostile-'))
})
afterAll(() => rmSync(home, { recursive: true }))
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

function capture(): void {
  const stream = { columns: 80, write: (text: string) => (printed += text), on: () => stream }
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process, name, 'get').mockReturnValue(stream as unknown as typeof process.stdout)
}

/** What is wrong with how a command line ends; empty: nothing. */
async function faultsOf(args: readonly string[]): Promise<string[]> {
  printed = ''
  process.exitCode = undefined
  const before = process.cpuUsage()
  await execute(args)
  const { user, system } = process.cpuUsage(before)
  const code = process.exitCode ?? 0
  const cpuMs = (user + system) / 1000
  const raw = printed.replaceAll('\r\n', '\n').match(/[^\P{C}\n\t]/u)
  return [
    ...([0, 2, 3, 4, 99].includes(Number(code)) ? [] : [`exit ${code}: ${printed.slice(-600)}`]),
    ...(raw
      ? [
          `raw ${JSON.stringify(raw[0])}: ${JSON.stringify(printed.slice(Math.max(0, raw.index! - 80), raw.index! + 20))}`,
        ]
      : []),
    ...(cpuMs > LONGEST_MS ? [`${Math.round(cpuMs)} ms`] : []),
  ].map((fault) => `${args.join(' ').slice(0, 200)}: ${fault}`)
}

/** `count` mutated files, each through all command lines that `use` it; the first faults, with the files that show them. */
async function faults(
  count: number,
  write: (random: Random) => string,
  use: (random: Random) => readonly (readonly string[])[],
): Promise<string[]> {
  capture()
  const found: string[] = []
  let commands = 0
  for (let number = 0; number < count && found.length < MOST_FAULTS; number += 1) {
    const random = createRandom(hash32(SEED, number))
    writeFileSync(join(home, 'file'), write(random))
    for (const args of use(random)) {
      commands += 1
      for (const fault of await faultsOf(args)) found.push(`file ${number}: ${fault}`)
    }
  }
  vi.restoreAllMocks()
  if (isLong) console.log(`${count} files, ${commands} commands, ${found.length} faults`)
  return found
}

it(
  `${SCENARIOS} mutated scenarios: every command tells the truth, prints text only, and takes no longer than 2 s`,
  async () => {
    const texts = bundledScenarios().map((name) => readFileSync(findScenario(name), 'utf8'))
    texts.push(readFileSync(new URL('./testing/target.yaml', import.meta.url), 'utf8'))
    const file = join(home, 'file')
    // JSON is YAML, and its writer takes any depth that occurs here.
    const write = (random: Random): string => {
      const text = oneOf(random, texts)
      return random() < 0.5
        ? mutatedText(text, random)
        : JSON.stringify(mutatedData(parse(text), random), null, 1)
    }
    const use = (random: Random) => [
      ['validate', file],
      ['run', file, '--dry-run'],
      ['doctor', file, ...(random() < 0.5 ? ['--json'] : [])],
      ['validate', 'node-kill', '--set', mutatedText('clients.count=5', random)],
    ]
    expect(await faults(SCENARIOS, write, use)).toEqual([])
  },
  isLong ? 3_600_000 : 120_000,
)

it(
  `${RESULTS} mutated results: every command tells the truth, prints text only, and takes no longer than 2 s`,
  async () => {
    const [file, good] = [join(home, 'file'), join(home, 'good.json')]
    const results = [asSaved(assembleResult(sampleRecord())), asSaved(assembleResult(sampleTargetRecord()))]
    writeFileSync(good, JSON.stringify(results[0]))
    const kinds = Object.keys(reporters)
    const write = (random: Random): string => {
      const result = oneOf(random, results)
      return random() < 0.2
        ? mutatedText(JSON.stringify(result, null, 1), random)
        : JSON.stringify(mutatedData(result, random))
    }
    const use = (random: Random) => [
      ['report', file],
      ['report', file, '--out', `${oneOf(random, kinds)}=-`],
      ['compare', good, file],
      ['compare', file, '--out', `${oneOf(random, kinds)}=-`],
      ['gate', file, '--baseline', good],
    ]
    expect(await faults(RESULTS, write, use)).toEqual([])
  },
  isLong ? 3_600_000 : 120_000,
)
