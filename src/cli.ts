#!/usr/bin/env node
import { surviveLostOutput } from './base/survive-lost-output.js'
import { execute, exitCodeOf } from './commands/program.js'

surviveLostOutput()
process.on('uncaughtException', (error) => process.exit(exitCodeOf(error)))
await execute(process.argv.slice(2))
