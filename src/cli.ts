#!/usr/bin/env node
import { surviveLostOutput } from './base/survive-lost-output.js'
import { execute, exitCodeOf } from './commands/program.js'

surviveLostOutput()
process.on('uncaughtException', (error) => {
  // Where a user's module runs, its errors have a handler of their own.
  if (process.listenerCount('uncaughtException') === 1) process.exit(exitCodeOf(error))
})
await execute(process.argv.slice(2))
