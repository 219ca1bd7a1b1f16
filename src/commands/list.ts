import { Command } from 'commander'
import { bridges } from '../../reference-cluster/node/bridges/index.js'
import { stdout } from '../base/terminal-output.js'
import { events } from '../chaos/index.js'
import { strategies } from '../cluster/affinity/index.js'
import { protocols } from '../protocols/index.js'
import { reporters } from '../reporters/index.js'
import { loadScenario } from '../scenarios/load.js'
import { bundledScenarios } from '../scenarios/yaml/bundled.js'
import { argumentOf } from './options.js'
import { summaries } from './summaries.js'

interface Entry {
  readonly name: string
  readonly summary: string
}

/** Each kind of plug-in, from its registry. */
const kinds: Record<string, () => readonly Entry[]> = {
  strategies: () => entriesOf(strategies),
  events: () => entriesOf(events),
  bridges: () => entriesOf(bridges),
  protocols: () => [
    { name: 'reference', summary: 'the protocol of the bundled nodes' },
    ...entriesOf(protocols),
  ],
  reporters: () => entriesOf(reporters),
  scenarios: () => bundledScenarios().map((name) => ({ name, summary: loadScenario(name).description })),
}

export function listCommand(): Command {
  return new Command('list')
    .description(summaries.list)
    .addArgument(argumentOf('<kind>', 'what to list', Object.keys(kinds)))
    .addHelpText('after', '\nExamples:\n  wsbench list scenarios\n  wsbench list events')
    .action((kind: string) => {
      const entries = kinds[kind]!()
      const width = Math.max(...entries.map(({ name }) => name.length))
      for (const { name, summary } of entries) {
        stdout.print(`${name.padEnd(width)}  ${summary.replaceAll(/\s+/g, ' ').trim()}`)
      }
    })
}

function entriesOf(registry: Readonly<Record<string, { readonly summary: string }>>): Entry[] {
  return Object.entries(registry).map(([name, { summary }]) => ({ name, summary }))
}
