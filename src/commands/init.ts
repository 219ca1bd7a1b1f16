import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Command } from 'commander'
import { usageError } from '../base/errors.js'
import { packageRoot } from '../base/package-info.js'
import { stdout } from '../base/terminal-output.js'
import { targetSchema } from '../scenarios/target-schema.js'
import { starterScenario } from '../scenarios/yaml/starter.js'
import { starterForTarget } from '../scenarios/yaml/starter-target.js'
import { summaries } from './summaries.js'

export function initCommand(): Command {
  return new Command('init')
    .description(summaries.init)
    .argument('[name]', 'name of letters, digits, - and _', 'my-scenario')
    .option('--target <url>', 'for your own cluster, at this ws:// or wss:// URL')
    .addHelpText(
      'after',
      '\nExamples:\n  wsbench init\n  wsbench init checkout && wsbench run checkout.yaml\n  wsbench init our-chat --target wss://rt.example.com/ws',
    )
    .action(init)
}

function init(given: string, { target }: { readonly target?: string }): void {
  const name = given.replace(/\.ya?ml$/, '')
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw usageError(
      `${JSON.stringify(given)}: expected a name of letters, digits, - and _`,
      'wsbench init my-scenario',
    )
  }
  if (target !== undefined && !targetSchema.safeParse({ url: target }).success)
    throw usageError(
      `--target ${target}: expected ws://host… or wss://host…`,
      'wsbench init our-chat --target ws://127.0.0.1:8080/ws',
    )
  const file = `${name}.yaml`
  const schema = relative(process.cwd(), join(packageRoot, 'scenario.schema.json'))
  const text = target === undefined ? starterScenario(name, schema) : starterForTarget(name, schema, target)
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw usageError(
      isThere ? `${file} exists already` : `${file}: ${(error as Error).message}`,
      isThere ? `another name: wsbench init ${name}-2` : 'check that this directory can be written to',
      error,
    )
  }
  stdout.print(`${file} written. Next:\n  wsbench validate ${file}\n  wsbench run ${file}\n`)
}
