import { spawn } from 'node:child_process'
import { z } from 'zod'
import { quantity } from '../base/fields.js'
import { duration } from '../base/quantity.js'
import type { InjectContext } from './event.js'
import { AFTERMATH_MS } from './span.js'

const text = z.string({ error: 'expected text' }).min(1).max(4096)

/** A program and its arguments; no shell. `{env:NAME}` is filled in. */
export const argv = z
  .array(text, { error: 'expected a list: the program, then its arguments' })
  .min(1)
  .max(256)

/** What all hooks have in common. */
export const hookFields = {
  affects: z
    .array(text, { error: 'expected a list of node names' })
    .default([])
    .describe('nodes it affects, as clients see them named, or `broker`; none: the connections of any node'),
  timeout: quantity(duration, { from: '1ms', to: '1h' })
    .prefault('30s')
    .describe('each of its commands must have ended by then'),
  for: quantity(duration, { to: '24h' })
    .prefault('0s')
    .describe('how long it has an effect; then it is undone, where it can be'),
}

export interface HookArguments {
  readonly affects: readonly string[]
  readonly timeout: number
  readonly for: number
}

/** Told to stop, it may still have to end what it does and then to undo it. */
export function hookEndMs({ timeout }: HookArguments): number {
  return 2 * timeout
}

/** How long what it did is looked for. */
export function hookWindowMs(action: HookArguments): number {
  return action.for + AFTERMATH_MS
}

export interface Hook {
  /** `docker kill ws-2`, as it is told before a run. */
  readonly words: string
  /** Does it; rejects when it failed. What it says never repeats what `{env:…}` stands for. */
  run(): Promise<void>
}

/** Does it and, where there is a way to, undoes it after `for`, or when the run ends or is stopped. Its effects last that long. */
export async function injectHook(
  action: HookArguments,
  { affect, wait, registerUndo }: Pick<InjectContext, 'affect' | 'wait' | 'registerUndo'>,
  hook: Hook,
  undo: Hook | null,
): Promise<void> {
  affect(action.affects)
  if (undo === null) {
    await hook.run()
    await wait(action.for)
    return
  }
  const isUndone = registerUndo(undo.words)
  try {
    await hook.run()
    await wait(action.for)
  } finally {
    await undo.run().catch((error: Error) => {
      throw new Error(`not undone: ${error.message}`)
    })
    isUndone()
  }
}

/** `{env:NAME}` of the environment in every string. */
export function withEnvironment(value: string): string {
  return value.replace(/\{env:([^{}]+)\}/g, (_, name: string) => process.env[name] ?? '')
}

export function command(parts: readonly string[], timeoutMs: number): Hook {
  return { words: parts.map(quoted).join(' '), run: () => execute(parts, timeoutMs) }
}

/**
 * Over when the program itself has ended, whatever it left running: that may be a daemon it was to start. A session of its
 * own, so that a Ctrl-C at the terminal does not affect it halfway, and all it started is ended at the timeout.
 */
function execute(parts: readonly string[], timeoutMs: number): Promise<void> {
  const [program = '', ...rest] = parts.map(withEnvironment)
  return new Promise((resolve, reject) => {
    const fail = (how: string): void => reject(new Error(`${parts[0]} ${how}`))
    const child = spawn(program, rest, { stdio: 'ignore', detached: true })
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      endGroup(child.pid!)
    }, timeoutMs)
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      fail(`could not be run: ${error.code}`)
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      if (isLate) fail(`did not end within ${timeoutMs} ms`)
      else if (code === 0) resolve()
      else fail(code === null ? `was ended by ${signal}` : `exited with ${code}`)
    })
  })
}

/** SIGKILL to a process and all of its group. */
function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // It ended at this moment; the event that says so is still to come.
  }
}

function quoted(part: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`
}
