import { Command } from 'commander'
import { stdout } from '../base/terminal-output.js'
import { bundledScenarios } from '../scenarios/yaml/bundled.js'
import { shells } from './completion/index.js'
import { completionTree } from './completion/tree.js'
import { argumentOf } from './options.js'

export function completionCommand(): Command {
  return new Command('completion')
    .description('print a script that makes a shell complete commands, options and their values')
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
      stdout.print(shells[shell]!(completionTree(program, bundledScenarios())))
    })
}
