import { z } from 'zod'
import { argv, command, type HookArguments, hookEvent, hookFields } from './hook.js'

interface ExecArguments extends HookArguments {
  readonly run: readonly string[]
  readonly undo?: readonly string[] | undefined
}

/** A program of the user's, without a shell. */
export const exec = hookEvent<ExecArguments>({
  kind: 'exec',
  summary: 'run a program of yours, and perhaps another that undoes it',
  arguments: z.strictObject({
    run: argv.describe('program and arguments; no shell'),
    undo: argv.optional().describe('run after `for`, and in any case before the run ends'),
    ...hookFields,
  }),
  hook: ({ run, timeout }) => command(run, timeout),
  undo: ({ undo, timeout }) => (undo ? command(undo, timeout) : null),
})
