import { createRequire } from 'node:module'
import type { Builder, TestCase, TestSuite } from 'junit-report-builder'
import { escapeDeep, escapeText } from '../base/escape.js'
import type { Comparison } from '../results/comparison/comparison.js'
import type { GateResult, Result } from '../results/result.js'
import { changeWords, runsWords } from './baseline-words.js'
import { valueText } from './facts/fact.js'
import { setupFacts, sizeFacts } from './facts/setup.js'
import type { BaselineReporter } from './reporter.js'
import { failureWords, namedRuns } from './table/comparison/named-runs.js'
import { headline, inShort, otherReasons } from './wording.js'

/** A test suite for each run, with a test case for each gate and one for the run itself; of a baseline, one for each metric. */
export const junit: BaselineReporter = {
  kind: 'junit',
  summary: 'JUnit XML: a test case for each gate, and one for the run itself',
  render(result) {
    const builder = newBuilder()
    addRun(builder, result.scenario.name, result)
    return built(builder)
  },
  renderComparison(comparison) {
    const builder = newBuilder()
    for (const { name, result } of namedRuns(comparison)) addRun(builder, name, result)
    addFailures(builder, comparison)
    return built(builder)
  },
  renderBaseline(report) {
    const builder = newBuilder()
    const { scenario, metrics, gates, differences, ...safe } = escapeDeep(report)
    const suite = builder.testSuite().name(`${scenario}: ${runsWords(report)}`)
    suite.property('wsbench', safe.tool.version)
    for (const { path, values } of differences) suite.property(`differs: ${path}`, values.join(', '))
    const className = `wsbench.${scenario}.baseline`
    for (const verdict of metrics) {
      const words = `${verdict.outcome}, ${changeWords(verdict)}`
      const testCase = suite.testCase().className(className).name(verdict.metric)
      const outcome = verdict.ok && verdict.outcome === 'inconclusive' ? 'undecided' : passOrFail(verdict.ok)
      addCase(testCase, outcome, words, 'baseline')
    }
    addGates(suite, className, gates)
    return built(builder)
  },
}

function addGates(suite: TestSuite, className: string, gates: readonly GateResult[]): void {
  for (const { expression, outcome, reason } of gates) {
    addCase(suite.testCase().className(className).name(expression), outcome, reason, 'gate')
  }
}

function passOrFail(ok: boolean): GateResult['outcome'] {
  return ok ? 'pass' : 'fail'
}

/** What is undecided has not passed: skipped is the nearest that JUnit has. */
function addCase(testCase: TestCase, outcome: GateResult['outcome'], words: string, type: string): void {
  if (outcome === 'fail') testCase.failure(words, type)
  else if (outcome === 'undecided') testCase.skipped().standardOutput(words)
  else testCase.standardOutput(words)
}

const require = createRequire(import.meta.url)

/** Loaded only when it is used: it takes as long to load as half of wsbench. */
function newBuilder(): Builder {
  const builder: Builder = require('junit-report-builder')
  return builder.newBuilder()
}

function built(builder: Builder): string {
  return `${builder.build().trimEnd()}\n`
}

/** Names come from scenarios: characters that XML does not allow are escaped. */
function addRun(builder: Builder, name: string, result: Result): void {
  const safe = escapeDeep(result)
  const { scenario, startedAt, durationMs, gates, verdict } = safe
  const className = `wsbench.${scenario.name}`
  const suite = builder
    .testSuite()
    .name(escapeText(name))
    .timestamp(secondOf(startedAt))
    .time(durationMs / 1000)
  for (const fact of [...sizeFacts(safe), ...(setupFacts(safe)?.facts ?? [])]) {
    suite.property(fact.label, valueText(fact))
  }
  const run = suite.testCase().className(className).name('run valid: the generator was not overloaded')
  const reasons = otherReasons(safe)
  if (reasons.length > 0) run.error(reasons.join('; '), verdict.outcome)
  run.standardOutput(`${headline(safe)}: ${inShort(safe)}`)
  addGates(suite, className, gates)
}

/** UTC, without fraction and zone: the schema of Ant and Jenkins allows neither. */
function secondOf(isoTime: string): string {
  return new Date(isoTime).toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss'.length)
}

/** Runs without a result. */
function addFailures(builder: Builder, { cells }: Comparison): void {
  const words = cells.flatMap(failureWords)
  if (words.length === 0) return
  const suite = builder.testSuite().name('runs without a result')
  for (const text of words) {
    suite.testCase().className('wsbench').name(escapeText(text)).error(escapeText(text), 'no result')
  }
}
