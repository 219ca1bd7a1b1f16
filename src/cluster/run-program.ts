import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { formatDuration } from '../base/format.js'
import { killGroup } from './local/process-group.js'

export interface ProgramEnd {
  /** null: it exited with 0. Otherwise how it ended, or why it could not be run. */
  readonly failure: string | null
  readonly stdout: string
  readonly stderr: string
}

/** How long output may still come after the program has ended: a process that it left behind may keep its pipes open. */
const OUTPUT_WITHIN_MS = 200

/** Runs a program to its end; after `withinMs` it is killed, with all that it started. Never rejects. */
export function runProgram(program: string, args: readonly string[], withinMs: number): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    let [stdout, stderr] = ['', '']
    let isLate = false
    const end = (failure: string | null): void => {
      clearTimeout(timer)
      resolve({ failure, stdout, stderr })
    }
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const timer = setTimeout(() => {
      isLate = true
      killGroup(child.pid!)
    }, withinMs)
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const closed = new Promise((resolveClosed) => child.once('close', resolveClosed))
    child.once('error', (error) => end(error.message))
    child.once('exit', async (code, signal) => {
      await Promise.race([closed, delay(OUTPUT_WITHIN_MS, undefined, { ref: false })])
      child.stdout.destroy()
      child.stderr.destroy()
      if (isLate) end(`it did not end within ${formatDuration(withinMs)}`)
      else if (code === 0) end(null)
      else end(signal === null ? `it exited with ${code}` : `it was ended by ${signal}`)
    })
  })
}
