import { execFile } from 'node:child_process'
import { z } from 'zod'
import { quantity } from '../fields.js'
import { duration } from '../units.js'
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
  strikes: z
    .array(text, { error: 'expected a list of node names' })
    .default([])
    .describe('nodes it strikes, as clients see them named; none: any'),
  timeout: quantity(duration, { from: '1ms', to: '1h' })
    .prefault('30s')
    .describe('each of its commands must have ended by then'),
  for: quantity(duration, { to: '24h' }).prefault('0s').describe('how long until it is undone'),
}

export interface HookArguments {
  readonly strikes: readonly string[]
  readonly timeout: number
  readonly for: number
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

/** Strikes, does it, and, where there is a way to, undoes it after `for`, or when the run ends or is stopped. */
export async function injectHook(
  action: HookArguments,
  { strike, wait }: Pick<InjectContext, 'strike' | 'wait'>,
  hook: Hook,
  undo: Hook | null,
): Promise<void> {
  strike(action.strikes)
  try {
    await hook.run()
    if (undo !== null) await wait(action.for)
  } finally {
    await undo?.run()
  }
}

/** `{env:NAME}` of the environment in every string. */
export function withEnvironment(value: string): string {
  return value.replace(/\{env:([^{}]+)\}/g, (_, name: string) => process.env[name] ?? '')
}

export function command(parts: readonly string[], timeoutMs: number): Hook {
  return { words: parts.map(quoted).join(' '), run: () => execute(parts, timeoutMs) }
}

/** A process group of nobody: the program itself is ended at the timeout. */
function execute(parts: readonly string[], timeoutMs: number): Promise<void> {
  const [program = '', ...rest] = parts.map(withEnvironment)
  return new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1 << 20 } as const
    execFile(program, rest, options, (error) => {
      if (error === null) resolve()
      else reject(new Error(`${parts[0]} ${failureOf(error, timeoutMs)}`))
    })
  })
}

function failureOf(error: Error & { code?: unknown; killed?: boolean }, timeoutMs: number): string {
  if (error.killed) return `did not end within ${timeoutMs} ms`
  if (typeof error.code === 'number') return `exited with ${error.code}`
  return `could not be run: ${String(error.code ?? 'it was ended by a signal')}`
}

function quoted(part: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`
}
