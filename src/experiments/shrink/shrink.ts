import { stringify } from 'yaml'
import { WsbenchError } from '../../base/errors.js'
import { plural } from '../../base/format.js'
import { clopperPearson } from '../../results/statistics/rates.js'
import type { Interval } from '../../results/statistics/shift.js'
import { parseScenario } from '../../scenarios/load.js'
import type { Scenario } from '../../scenarios/schema.js'
import { ScenarioError } from '../../scenarios/yaml/scenario-error.js'
import type { Data } from './reductions.js'
import { type SearchResult, searchSmallest, type Trial } from './search.js'
import { decide, designFor, type Outcome, type TestDesign } from './sequential-test.js'
import type { SearchState } from './state.js'

export interface ShrinkRequest {
  readonly data: Data
  /** Name in messages; relative paths in the scenario start at its directory. */
  readonly file: string
  /** The gate whose failure is kept. */
  readonly gate: string
  readonly state: SearchState
  /** One run; `title` says which. */
  readonly run: (scenario: Scenario, title: string) => Promise<Outcome>
  /** Whether no further run may start. */
  readonly isOver: () => boolean
  readonly note: (text: string) => void
}

export interface Shrunk extends SearchResult {
  readonly gate: string
  readonly yaml: string
  /** Made now, without those of a state file. */
  readonly runs: number
  readonly design: TestDesign
  /** Runs of the result that had no part in choosing it; null if the search was stopped before. */
  readonly confirmation: { readonly failed: number; readonly runs: number; readonly rate: Interval } | null
}

const START_RUNS = 5
/** Of a failure that is not there in every run, to learn how often it is. */
const MORE_START_RUNS = 10
const CONFIRMING_RUNS = 10
const MOST_INVALID = 3
/** Each end of the interval of the failure rate is wrong with this chance. */
const LEVEL = 0.025

/** Makes a scenario that fails a gate as small as it can be and still fail. */
export async function shrink(request: ShrinkRequest): Promise<Shrunk> {
  const start = { ...request.data, gates: [request.gate] }
  const runner = new Runner(request)
  const design = designFor(await runner.failingRate(start))
  const found = await searchSmallest(start, {
    isValid: (data) => runner.scenarioOf(data) !== null,
    judge: async ({ what, data }) => {
      const trial = await runner.judge(data, design, what)
      if (trial !== null) request.note(trialWords(what, trial))
      return trial
    },
  })
  const confirmation = found.isComplete ? await runner.confirm(found.data) : null
  return {
    ...found,
    gate: request.gate,
    yaml: stringify(found.data),
    runs: runner.runs,
    design,
    confirmation,
  }
}

class Runner {
  readonly #request: ShrinkRequest
  /** The last one, which is asked for again with each of its runs. */
  #parsed: { readonly data: Data | null; readonly scenario: Scenario | null } = { data: null, scenario: null }
  runs = 0

  constructor(request: ShrinkRequest) {
    this.#request = request
  }

  /** Null if the data is no scenario, such as a channel with more members than clients. */
  scenarioOf(data: Data): Scenario | null {
    if (this.#parsed.data !== data) this.#parsed = { data, scenario: this.#parse(data) }
    return this.#parsed.scenario
  }

  #parse(data: Data): Scenario | null {
    try {
      return parseScenario(stringify(data), { file: this.#request.file })
    } catch (error) {
      if (error instanceof ScenarioError) return null
      throw error
    }
  }

  /** 0.9 if the first runs all fail, else the share of more runs. Throws if it never fails. */
  async failingRate(start: Data): Promise<number> {
    const first = await this.#outcomes(start, START_RUNS, 'the scenario as it is')
    if (first.length === START_RUNS && first.every((outcome) => outcome === 'failed')) return 0.9
    const all = await this.#outcomes(start, MORE_START_RUNS, 'the scenario as it is')
    const failed = all.filter((outcome) => outcome === 'failed').length
    if (failed > 0) return Math.min(0.9, failed / all.length)
    throw new WsbenchError(`${this.#request.gate} failed in none of ${plural(all.length, 'valid run')}`, {
      exit: 'invalid',
      hint: 'there is nothing to shrink: give the gate that fails with --fails, or a larger --budget',
    })
  }

  async judge(data: Data, design: TestDesign, what: string): Promise<Trial | null> {
    for (let count = 0; ; count += 1) {
      const outcomes = await this.#upTo(data, count, what)
      if (outcomes === null) return null
      const tally = tallyOf(outcomes)
      const decision = decide(tally.failed, tally.passed, design)
      if (decision !== 'open') return { ...tally, decision }
      if (tally.invalid >= MOST_INVALID) return { ...tally, decision: 'unusable' }
    }
  }

  /** Runs after those of the search: a scenario that was chosen because it failed looks worse than it is. */
  async confirm(data: Data): Promise<Shrunk['confirmation']> {
    const before = this.#request.state.of(data).length
    const outcomes = await this.#upTo(data, before + CONFIRMING_RUNS, 'confirming')
    if (outcomes === null) return null
    const { failed, passed } = tallyOf(outcomes.slice(before))
    const runs = failed + passed
    return { failed, runs, rate: clopperPearson(failed, runs, LEVEL) }
  }

  async #outcomes(data: Data, wanted: number, what: string): Promise<readonly Outcome[]> {
    const outcomes = (await this.#upTo(data, wanted, what)) ?? this.#request.state.of(data)
    return outcomes.slice(0, wanted).filter((outcome) => outcome !== 'invalid')
  }

  /** The first `wanted` outcomes; runs the scenario for those that are not known yet. Null: stopped before. */
  async #upTo(data: Data, wanted: number, what: string): Promise<readonly Outcome[] | null> {
    const { state, run, isOver } = this.#request
    if (state.of(data).length >= wanted) return state.of(data).slice(0, wanted)
    const scenario = this.scenarioOf(data)!
    while (state.of(data).length < wanted) {
      if (isOver()) return null
      const outcome = await run(scenario, `run ${this.runs + 1}, ${what}: `)
      // A run that was cut short by the end of the search says nothing.
      if (outcome === 'invalid' && isOver()) return null
      state.add(data, outcome)
      this.runs += 1
    }
    return state.of(data).slice(0, wanted)
  }
}

function tallyOf(outcomes: readonly Outcome[]): Omit<Trial, 'decision'> {
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length
  return { failed: count('failed'), passed: count('passed'), invalid: count('invalid') }
}

/** `✓ without chaos node-drain at 5s: failed in 5 of 5 runs` */
export function trialWords(what: string, { decision, failed, passed, invalid }: Trial): string {
  const mark = { fails: '✓', passes: '·', unusable: '?' }[decision]
  const invalidWords = invalid > 0 ? `, ${invalid} invalid` : ''
  return `${mark} ${what}: failed in ${failed} of ${plural(failed + passed, 'run')}${invalidWords}`
}
