import { Command } from 'commander'
import { usageError, WsbenchError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { packageVersion } from '../base/package-info.js'
import { reportOnBaseline } from '../results/baseline/baseline-report.js'
import {
  type DifferenceKind,
  differenceKinds,
  incompatibilityOf,
} from '../results/baseline/incompatibilities.js'
import { parseLimit } from '../results/baseline/limit.js'
import { parseGate } from '../results/gates/gates.js'
import type { Result } from '../results/result.js'
import { asSaved, readSavedRuns } from '../results/saved/read-saved.js'
import { repeatable } from './options.js'
import { parseOutputs } from './outputs.js'
import { writeReport } from './write-report.js'

interface GateOptions {
  readonly baseline: readonly string[]
  readonly maxRegression: readonly string[]
  readonly gate: readonly string[]
  readonly allowDifferent: readonly string[]
  readonly out: readonly string[]
  readonly failOnInconclusive?: true
  readonly json?: true
  readonly color: boolean
}

export function gateCommand(): Command {
  return new Command('gate')
    .description(
      'compare a run with a baseline: regression, unchanged, improvement or inconclusive, by metric',
    )
    .argument('<result.json...>', 'one run, or its repeats; or a comparison of one cell')
    .addOption(repeatable('--baseline <result.json>', 'a run to compare it with, or its repeats'))
    .addOption(
      repeatable(
        '--max-regression <metric=limit>',
        'watch this metric, to this limit: 10%, 5ms, or 10%,5ms for both',
      ),
    )
    .addOption(repeatable('--gate <expression>', 'a condition that every run must meet'))
    .addOption(
      repeatable(
        '--allow-different <what>',
        `compare all the same where ${differenceKinds.join(', ')} differ`,
      ),
    )
    .option('--fail-on-inconclusive', 'exit 99 as well where the runs can not tell whether a limit is passed')
    .addOption(repeatable('--out <kind=path>', 'write the findings to a file, or to stdout (-)'))
    .option('--json', 'print the findings as JSON instead of the table')
    .option('--no-color', 'no colour')
    .addHelpText(
      'after',
      `
A regression is a change for the worse that is more than chance and exceeds its limit: it exits 99. Where the runs can't
tell, the metric is inconclusive: that exits 0, or 99 with --fail-on-inconclusive. Give 5 repeats or more on each side;
with fewer than 3, everything that is not a count is inconclusive. Without --max-regression it watches availability,
throughput, latency, losses, recovery and balance.

Examples:
  wsbench gate result.json --baseline main.json
  wsbench gate now.json --baseline main.json --max-regression latency.p99=10%,2ms
  wsbench gate run1.json run2.json run3.json --baseline main.json --gate 'delivery.lostInFlight == 0'
  wsbench gate now.json --baseline main.json --out junit=gate.xml --out github=-
  wsbench compare smoke --over seed=1 --repeat 5 --out json=main.json    # 5 repeats in a file`,
    )
    .action((files: string[], options: GateOptions) => {
      process.exitCode = gate(files, options)
    })
}

function gate(files: readonly string[], options: GateOptions): number {
  const outputs = parseOutputs(options.out, 'gate')
  const limits = options.maxRegression.map(parseLimit)
  const gates = options.gate.map(parseGate)
  const allowed = options.allowDifferent.flatMap(parseKinds)
  if (options.baseline.length === 0 && (limits.length > 0 || gates.length === 0)) {
    throw usageError(
      'there is nothing to compare it with',
      'add --baseline result.json, or --gate expression',
    )
  }
  const candidate = files.flatMap(runsIn)
  const baseline = options.baseline.flatMap(runsIn)
  refuseIncompatible([...baseline, ...candidate], allowed)
  const tool = { name: 'wsbench', version: packageVersion } as const
  const failsOnInconclusive = options.failOnInconclusive === true
  const report = asSaved(reportOnBaseline({ tool, baseline, candidate, limits, gates, failsOnInconclusive }))
  return writeReport(report, { ...options, outputs, exit: report.outcome === 'fail' ? 'gate' : 'pass' })
}

function parseKinds(text: string): DifferenceKind[] {
  return text.split(',').map((word) => {
    const kind = differenceKinds.find((candidate) => candidate === word.trim())
    if (kind) return kind
    const near = nearest(word.trim(), differenceKinds)
    throw usageError(
      `--allow-different ${text}: expected ${differenceKinds.join(', ')}`,
      near && `did you mean ${near}?`,
    )
  })
}

/** The runs of a file, each with figures that can be compared. */
function runsIn(file: string): readonly Result[] {
  const saved = readSavedRuns(file)
  if (saved.kind === undefined) return [valid(saved, file)]
  const [cell, ...others] = saved.cells
  if (!cell || others.length > 0) {
    const names = saved.cells.map(({ name }) => name).join(', ')
    throw usageError(
      `${file}: expected a comparison of one cell; it has ${saved.cells.length}: ${names}`,
      'repeats of one cell: wsbench compare scenario --over seed=1 --repeat 5',
    )
  }
  const [failure] = cell.failures
  if (failure || saved.isInterrupted || cell.runs.length === 0) {
    throw invalid(file, failure?.message ?? 'it was interrupted before all repeats had run')
  }
  return cell.runs.map((run, index) => valid(run, `${file}, run ${index + 1}`))
}

function valid(result: Result, name: string): Result {
  const { outcome, reasons } = result.verdict
  if (outcome === 'pass' || outcome === 'fail') return result
  throw invalid(name, `it is ${outcome}: ${reasons[0] ?? ''}`)
}

function refuseIncompatible(results: readonly Result[], allowed: readonly DifferenceKind[]): void {
  const incompatibilities = incompatibilityOf(results).filter(
    ({ kind }) => kind !== null && !allowed.includes(kind),
  )
  if (incompatibilities.length === 0) return
  const kinds = [...new Set(incompatibilities.map(({ kind }) => kind))]
  const lines = incompatibilities.map(({ path, values }) => `  ${path}: ${values.join(', ')}`)
  throw usageError(
    `these runs can't be compared:\n${lines.join('\n')}`,
    `to compare them anyway: --allow-different ${kinds.join(',')}`,
  )
}

function invalid(name: string, why: string): WsbenchError {
  const hint = 'measure it again: figures of an invalid run can not be compared'
  return new WsbenchError(`${name}: ${why}`, { exit: 'invalid', hint })
}
