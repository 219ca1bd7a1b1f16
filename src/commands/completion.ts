import { Command } from 'commander'
import { stdout } from '../base/terminal-output.js'
import { reporters } from '../reporters/index.js'
import { metrics } from '../results/gates/metrics.js'
import { bundledScenarios } from '../scenarios/yaml/bundled.js'
import { shells } from './completion/index.js'
import { completionTree } from './completion/tree.js'
import { argumentOf } from './options.js'
import { settingPaths } from './settings-tables.js'
import { summaries } from './summaries.js'

export function completionCommand(): Command {
  return new Command('completion')
    .description(summaries.completion)
    .addArgument(argumentOf('<shell>', 'the shell', Object.keys(shells)))
    .addHelpText(
      'after',
      `
Examples:
  source <(wsbench completion bash)      # or in ~/.bashrc
  source <(wsbench completion zsh)       # after compinit
  wsbench completion fish | source`,
    )
    .action((shell: string, _options: object, command: Command) => {
      const program = command.parent!
      stdout.print(
        shells[shell]!(completionTree(program, { scenarios: bundledScenarios(), beginnings: beginnings() })),
      )
    })
}

/** How the values of options begin that are no choice from a list. */
function beginnings(): Record<string, readonly string[]> {
  const outputs = Object.keys(reporters).map((kind) => `${kind}=`)
  const paths = settingPaths().map((path) => `${path}=`)
  const names = [...metrics.keys()]
  return {
    '--out': outputs,
    '--set': [...paths, 'gates+=', 'chaos+='],
    '--over': paths,
    '--ramp': ['clients=', 'rate='],
    '--find-max': names,
    '--gate': names,
    '--max-regression': names.map((name) => `${name}=`),
  }
}
