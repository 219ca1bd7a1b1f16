import { Command } from 'commander'
import { readSavedFile } from '../results/saved/read-saved.js'
import { repeatable } from './options.js'
import { parseOutputs } from './outputs.js'
import { summaries } from './summaries.js'
import { writeReport } from './write-report.js'

interface ReportOptions {
  readonly out: readonly string[]
  readonly full?: true
  readonly color: boolean
}

export function reportCommand(): Command {
  return new Command('report')
    .description(summaries.report)
    .argument('<result.json>', 'a file written by --out json=…')
    .addOption(repeatable('--out <kind=path>', 'write a report to a file, or to stdout (-)'))
    .option('--full', 'print everything about a run, not only a summary')
    .option('--no-color', 'print without colour')
    .addHelpText(
      'after',
      `
Reports are the same, byte for byte, as those of the command that saved the result.
Without --out it prints the summary, or everything with --full. The exit code says whether the reports were written, not how the run went.

Examples:
  wsbench report result.json
  wsbench report result.json --out junit=junit.xml --out hlog=latency.hlog
  wsbench report result.json --out markdown=-`,
    )
    .action((file: string, { out, full, color }: ReportOptions) => {
      const saved = readSavedFile(file)
      const outputs = parseOutputs(out, saved.kind ?? 'run', [file])
      const printsSummary = outputs.length === 0
      process.exitCode = writeReport(saved, {
        outputs,
        full,
        printsSummary,
        color,
        exit: 'pass',
        exitIfUnwritten: 'usage',
      })
    })
}
