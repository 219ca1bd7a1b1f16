import { Command } from 'commander'
import { WsbenchError } from '../errors.js'
import { exitCodes } from '../exit-codes.js'
import { parseOutput, type Render, writeOutputs } from '../outputs.js'
import { table } from '../reporters/table.js'
import { readSavedFile } from '../saved-results.js'
import type { Saved } from '../saved-schema.js'
import { renderingFor } from '../terminal.js'
import { collect } from './options.js'

interface ReportOptions {
  readonly out: readonly string[]
  readonly color: boolean
}

export function reportCommand(): Command {
  return new Command('report')
    .description('make any report again from a saved result or comparison, the same to the byte')
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
    parseOutput(text, ({ renderComparison }) => saved.kind === undefined || renderComparison !== undefined),
  )
  const rendering = renderingFor(options.color)
  const render = renderingOf(saved, file)
  const troubles = writeOutputs(outputs, render, rendering)
  if (outputs.length === 0) process.stdout.write(render(table, rendering))
  for (const trouble of troubles) process.stderr.write(`${trouble}\n`)
  return troubles.length > 0 ? exitCodes.usage : exitCodes.pass
}

/** A file that another version wrote may lack what a report reads: that is its fault, not a bug. */
function renderingOf(saved: Saved, file: string): Render {
  return (reporter, options) => {
    try {
      return saved.kind === 'comparison'
        ? reporter.renderComparison!(saved, options)
        : reporter.render(saved, options)
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
