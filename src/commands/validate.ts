import { Command } from 'commander'
import { stdout } from '../base/terminal-output.js'
import { loadScenario } from '../scenarios/load.js'
import { repeatable } from './options.js'
import { summaries } from './summaries.js'

export function validateCommand(): Command {
  return new Command('validate')
    .description(summaries.validate)
    .argument('<scenario>', 'path, or name of a bundled scenario')
    .addOption(repeatable('--set <path=value>', 'override one value'))
    .addHelpText(
      'after',
      '\nExamples:\n  wsbench validate my-scenario.yaml\n  wsbench validate node-kill --set cluster.nodes=8',
    )
    .action((scenario: string, options: { set: string[] }) => {
      const { name } = loadScenario(scenario, options.set)
      stdout.print(`${scenario}: ok (${JSON.stringify(name)})`)
    })
}
