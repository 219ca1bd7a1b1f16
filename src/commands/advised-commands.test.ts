import { expect, it } from 'vitest'
import { haproxyRules } from '../advice/config/haproxy/rules/index.js'
import { nginxRules } from '../advice/config/nginx/rules/index.js'
import { compareCommand } from './compare.js'
import { runCommand } from './run.js'

const commands = { run: runCommand, compare: compareCommand }

it.each([...nginxRules, ...haproxyRules].map(({ name, experiment }) => [name, experiment] as const))(
  '%s: its command has only options that there are, each with its value',
  (_name, experiment) => {
    const [, name, ...words] = [...experiment.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain!,
    )
    const { operands, unknown } = commands[name as keyof typeof commands]().exitOverride().parseOptions(words)
    expect([operands.length, unknown]).toEqual([1, []])
  },
)
