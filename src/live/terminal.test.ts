import { afterEach, describe, expect, it, vi } from 'vitest'
import { stderr as output } from '../base/terminal-output.js'
import { liveOptions } from './terminal.js'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** Replaces stderr, and the environment by `env`. */
function inside(stderr: { readonly isTTY?: true; readonly colors: boolean }, env: Record<string, string>) {
  const { isTTY, colors } = stderr
  const stream = { ...(isTTY ? { isTTY, hasColors: () => colors } : {}) }
  vi.spyOn(process, 'stderr', 'get').mockReturnValue(stream as unknown as typeof process.stderr)
  for (const name of ['CI', 'TERM', 'NO_COLOR']) vi.stubEnv(name, env[name])
}

const terminal = { isTTY: true, colors: true } as const

describe('the live view', () => {
  it.each<[string, Parameters<typeof inside>[0], Record<string, string>, boolean, boolean]>([
    ['a terminal: redrawn, in colour', terminal, { TERM: 'xterm-256color' }, true, true],
    ['a terminal without colours', { isTTY: true, colors: false }, { TERM: 'vt100' }, true, false],
    ['a pipe or a file', { colors: false }, { TERM: 'xterm' }, false, false],
    ['a terminal under CI', terminal, { TERM: 'xterm', CI: 'true' }, false, false],
    ['an empty CI is ignored', terminal, { TERM: 'xterm', CI: '' }, true, true],
    ['a terminal that can’t be redrawn', terminal, { TERM: 'dumb' }, false, false],
    ['NO_COLOR', terminal, { TERM: 'xterm', NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR is ignored', terminal, { TERM: 'xterm', NO_COLOR: '' }, true, true],
  ])('%s', (_, stderr, env, isTerminal, color) => {
    inside(stderr, env)
    expect(liveOptions()).toEqual({ output, isTerminal, color })
  })

  it('--no-color: still redrawn', () => {
    inside(terminal, { TERM: 'xterm' })
    expect(liveOptions(false)).toMatchObject({ isTerminal: true, color: false })
  })
})
