import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { argumentOf, optionOf } from '../options.js'
import { shells } from './index.js'
import { completionTree } from './tree.js'

const program = new Command('wsbench')
  .addCommand(
    new Command('run')
      .description("it's a run")
      .argument('<scenario>')
      .addOption(optionOf('--strategy <name>', 'which', ['cookie', 'ip-hash']))
      .option('--out <kind=path>')
      .option('--log <file>')
      .option('--quiet'),
  )
  .addCommand(
    new Command('cluster')
      .addCommand(new Command('up').option('--detach'))
      .addCommand(
        new Command('chaos').addArgument(argumentOf('<event>', 'what', ['node-kill', 'node-drain'])),
      ),
  )
const nodes = completionTree(program, {
  scenarios: ['smoke', 'playbook/drain'],
  beginnings: { '--out': ['json=', 'junit='] },
})

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wsbench-completion-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What bash offers for the last of `words`. */
function offered(...words: readonly string[]): string[] {
  const script = `${shells.bash!(nodes)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wsbench; printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync('bash', ['-c', script, 'bash', 'wsbench', ...words], { cwd: directory })
  return String(output).split('\n').filter(Boolean)
}

describe('bash offers', () => {
  test.each([
    [['c'], ['cluster']],
    [
      ['cluster', ''],
      ['up', 'chaos', '--help'],
    ],
    [['cluster', 'chaos', 'node-k'], ['node-kill']],
    [['cluster', 'up', '--d'], ['--detach']],
    [['run', 's'], ['smoke']],
    [
      ['run', 'smoke', '--strategy', ''],
      ['cookie', 'ip-hash'],
    ],
    [['run', '--strategy', 'cookie', '--q'], ['--quiet']],
    [
      ['run', '--out', 'j'],
      ['json=', 'junit='],
    ],
  ])('%j → %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected)
  })

  test('files, where a path is accepted', () => {
    writeFileSync(join(directory, 'mine.yaml'), '')
    expect(offered('run', 'mi')).toEqual(['mine.yaml'])
    expect(offered('run', '--log', 'mi')).toEqual(['mine.yaml'])
    // Bash splits words at =.
    expect(offered('run', '--out', 'json', '=', 'mi')).toEqual(['mine.yaml'])
    expect(offered('run', '--out', 'json', '=')).toEqual(['mine.yaml'])
  })
})

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  const isInstalled = spawnSync(shell, ['-c', 'true']).status === 0

  test.runIf(isInstalled)('is valid in that shell', () => {
    const file = join(directory, shell)
    writeFileSync(file, shells[shell]!(nodes))
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
})
