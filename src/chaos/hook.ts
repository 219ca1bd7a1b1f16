import { spawn } from 'node:child_process'
import { z } from 'zod'
import { quantity } from '../base/fields.js'
import { duration } from '../base/quantity.js'
import { killGroup } from '../cluster/local/process-group.js'
import type { ChaosEvent } from './event.js'
import { AFTERMATH_MS } from './span.js'

const text = z.string({ error: 'expected text' }).min(1).max(4096)

/** A program and its arguments, run without a shell. `{env:NAME}` is filled in. */
export const argv = z
  .array(text, { error: 'expected a list: the program, then its arguments' })
  .min(1)
  .max(256)

/** Arguments that all hooks have. */
export const hookFields = {
  affects: z
    .array(text, { error: 'expected a list of node names' })
    .default([])
    .describe('nodes it affects, named as clients see them, or `broker`; none: the connections of any node'),
  timeout: quantity(duration, { from: '1ms', to: '1h' })
    .prefault('30s')
    .describe('each of its commands must end within this time'),
  for: quantity(duration, { to: '24h' })
    .prefault('0s')
    .describe('how long it has an effect; then it is undone, if it can be'),
}

export interface HookArguments {
  readonly affects: readonly string[]
  readonly timeout: number
  readonly for: number
}

export interface Hook {
  /** `docker kill ws-2`. */
  readonly words: string
  /** As printed before a run starts. */
  readonly announcement: string
  /** Resolves with what showed that it was done; rejects when it failed. Neither contains the values of `{env:…}`. */
  run(): Promise<string>
}

interface HookEvent<Arguments> extends Pick<ChaosEvent<Arguments>, 'kind' | 'summary' | 'arguments'> {
  hook(action: Arguments): Hook
  /** null: there is nothing to undo. */
  undo(action: Arguments): Hook | null
}

/** An event that runs a hook, lasts for `for` and, if it can be undone, undoes it then, or when the run ends or is stopped. */
export function hookEvent<Arguments extends HookArguments>(
  event: HookEvent<Arguments>,
): ChaosEvent<Arguments> {
  const { kind, summary, arguments: schema } = event
  return {
    kind,
    summary,
    arguments: schema,
    explains: { disconnects: true, lossesInFlight: 'of its nodes' },
    worksOnTargets: true,
    selectNodes: (_cluster, { affects }) => affects,
    windowMs: (action) => action.for + AFTERMATH_MS,
    // The command that runs may take its whole timeout to end, and so may the undo.
    endMs: ({ timeout }) => 2 * timeout,
    announce: (action) =>
      [event.hook(action), event.undo(action)].flatMap((hook) => (hook ? [hook.announcement] : [])),
    async inject(_cluster, action, { wait, registerUndo, observe }) {
      const hook = event.hook(action)
      const undo = event.undo(action)
      if (undo === null) {
        observe(await hook.run())
        await wait(action.for)
        return
      }
      const isUndone = registerUndo(undo.words)
      try {
        observe(await hook.run())
        await wait(action.for)
      } finally {
        const undone = await undo.run().catch((error: Error) => {
          throw new Error(`undo failed: ${error.message}`)
        })
        isUndone()
        observe(undone)
      }
    },
  }
}

/** Fills in `{env:NAME}` from the environment. */
export function withEnvironment(value: string): string {
  return value.replace(/\{env:([^{}]+)\}/g, (_, name: string) => process.env[name] ?? '')
}

export function command(parts: readonly string[], timeoutMs: number): Hook {
  const words = parts.map(quoted).join(' ')
  return { words, announcement: words, run: () => execute(parts, timeoutMs) }
}

/**
 * Resolves when the program itself has ended, even if it left other processes running: it may have started a daemon. It
 * runs in a session of its own, so that a Ctrl-C at the terminal does not interrupt it, and so that a timeout ends all
 * that it started.
 */
function execute(parts: readonly string[], timeoutMs: number): Promise<string> {
  const [program = '', ...rest] = parts.map(withEnvironment)
  return new Promise((resolve, reject) => {
    const fail = (how: string): void => reject(new Error(`${parts[0]} ${how}`))
    const child = spawn(program, rest, { stdio: 'ignore', detached: true })
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      killGroup(child.pid!)
    }, timeoutMs)
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      fail(`could not be run: ${error.code}`)
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      if (isLate) fail(`did not end within ${timeoutMs} ms`)
      else if (code === 0) resolve(`${parts[0]} exited with 0`)
      else fail(code === null ? `was ended by ${signal}` : `exited with ${code}`)
    })
  })
}

function quoted(part: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`
}
