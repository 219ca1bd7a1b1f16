import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { argv, command, type HookArguments, hookEndMs, hookFields, hookWindowMs, injectHook } from './hook.js'

interface ExecArguments extends HookArguments {
  readonly run: readonly string[]
  readonly undo?: readonly string[] | undefined
}

/** A program of the user's, without a shell. */
export const exec: ChaosEvent<ExecArguments> = {
  kind: 'exec',
  summary: 'run a program of yours, and perhaps another that undoes it',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  worksOnTargets: true,
  arguments: z.strictObject({
    run: argv.describe('program and arguments; no shell'),
    undo: argv.optional().describe('run after `for`, and in any case before the run ends'),
    ...hookFields,
  }),
  windowMs: hookWindowMs,
  endMs: hookEndMs,
  announce: ({ run, undo, timeout }) =>
    [run, ...(undo ? [undo] : [])].map((parts) => command(parts, timeout).words),
  inject(_cluster, action, context) {
    const { run, undo, timeout } = action
    return injectHook(action, context, command(run, timeout), undo ? command(undo, timeout) : null)
  },
}
