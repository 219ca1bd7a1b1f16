import { Command } from 'commander'
import { WsbenchError } from '../base/errors.js'
import { exitCodes } from '../base/exit-codes.js'
import { renderingFor } from '../live/terminal.js'
import type { RenderOptions, Reporter } from '../reporters/reporter.js'
import { table } from '../reporters/table.js'
import { readSavedFile, type Saved } from '../results/saved/read-saved.js'
import { collect } from './options.js'
import { parseOutput, type Render, writeOutputs } from './outputs.js'

interface ReportOptions {
  readonly out: readonly string[]
  readonly color: boolean
}

export function reportCommand(): Command {
  return new Command('report')
    .description('make any report again from what was saved, the same to the byte')
    .argument('<result.json>', 'what --out json=… wrote')
    .option('--out <kind=path>', 'write a report to a file, - for stdout; repeatable', collect, [])
    .option('--no-color', 'no colour')
    .addHelpText(
      'after',
      `
Without --out it prints the summary. The exit code says whether the reports were written, not how the run went.

Examples:
  wsbench report result.json
  wsbench report result.json --out junit=junit.xml --out hlog=latency.hlog
  wsbench report result.json --out markdown=-`,
    )
    .action((file: string, options: ReportOptions) => {
      process.exitCode = report(file, options)
    })
}

function report(file: string, options: ReportOptions): number {
  const saved = readSavedFile(file)
  const outputs = options.out.map((text) =>
    parseOutput(text, (reporter) => rendererOf(reporter, saved) !== undefined),
  )
  const rendering = renderingFor(options.color)
  const render = renderingOf(saved, file)
  const troubles = writeOutputs(outputs, render, rendering)
  if (outputs.length === 0) process.stdout.write(render(table, rendering))
  for (const trouble of troubles) process.stderr.write(`${trouble}\n`)
  return troubles.length > 0 ? exitCodes.usage : exitCodes.pass
}

/** Undefined where this kind of report says nothing of what was saved. */
function rendererOf(reporter: Reporter, saved: Saved): ((options: RenderOptions) => string) | undefined {
  switch (saved.kind) {
    case 'comparison':
      return reporter.renderComparison?.bind(reporter, saved)
    case 'find-max':
      return reporter.renderSearch?.bind(reporter, saved)
    case 'gate':
      return reporter.renderBaseline?.bind(reporter, saved)
    default:
      return reporter.render.bind(reporter, saved)
  }
}

/** A file that another version wrote may lack what a report reads: that is its fault, not a bug. */
function renderingOf(saved: Saved, file: string): Render {
  return (reporter, options) => {
    try {
      return rendererOf(reporter, saved)!(options)
    } catch (error) {
      throw new WsbenchError(
        `${file} lacks what a ${reporter.kind} report needs: ${(error as Error).message}`,
        {
          exit: 'usage',
          hint: 'was it written by another version of wsbench?',
          cause: error,
        },
      )
    }
  }
}
