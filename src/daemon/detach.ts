import { fork } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { WsbenchError } from '../base/errors.js'
import { type ExitName, exitCodes } from '../base/exit-codes.js'
import { refuseSecond } from './control-server.js'
import { claimRuntimeDirectory, leaveRuntimeDirectory, runtimeFiles } from './runtime-directory.js'

/** Runs `wsbench` with `args` in the background; resolves when it is up. If it ends before, throws what it has printed. */
export async function detach(args: readonly string[]): Promise<void> {
  const files = runtimeFiles()
  claimRuntimeDirectory(files)
  await refuseSecond()
  const log = openSync(files.log, 'w+', 0o600)
  const child = fork(process.argv[1]!, args, {
    detached: true,
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
  })
  const code = await new Promise<number | null>((resolve) => {
    child.once('message', () => resolve(null))
    child.once('exit', (exit) => resolve(exit ?? exitCodes.internal))
  })
  const output = code === null ? '' : textOf(log)
  closeSync(log)
  if (code === null) {
    child.disconnect()
    child.unref()
    return
  }
  leaveRuntimeDirectory(files)
  throw new WsbenchError(output || `the cluster ended with exit ${code}`, { exit: nameOf(code) })
}

/** Read by descriptor: the process that failed has removed the file. */
function textOf(file: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size)
  readSync(file, bytes, 0, bytes.length, 0)
  return bytes.toString('utf8').trim()
}

/** For a process in the background: `isUp` reports to its starter. Until then it exits when the starter does. */
export function tellStarter(): { readonly isUp: () => void } {
  const starter = process.send === undefined ? null : process
  const abandon = (): never => process.exit(exitCodes.interrupted)
  starter?.once('disconnect', abandon)
  // The listener holds the channel open, and that would keep this process alive after a failure to start.
  starter?.channel?.unref()
  return {
    isUp() {
      starter?.off('disconnect', abandon)
      starter?.send?.('up')
    },
  }
}

function nameOf(code: number): ExitName {
  const names = Object.keys(exitCodes) as ExitName[]
  return names.find((name) => exitCodes[name] === code) ?? 'internal'
}
