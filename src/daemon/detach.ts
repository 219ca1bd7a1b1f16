import { fork } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { setupError, WsbenchError } from '../base/errors.js'
import { type ExitName, exitCodes } from '../base/exit-codes.js'
import { connectToCluster } from './control-client.js'
import { claimRuntimeDirectory, leaveRuntimeDirectory, runtimeFiles } from './runtime-directory.js'

/** Runs `wsbench` with `args` in the background; resolves when that says it is up, and throws what it says if it ends. */
export async function detach(args: readonly string[]): Promise<void> {
  const files = runtimeFiles()
  claimRuntimeDirectory(files)
  const other = await connectToCluster()
  other?.destroy()
  if (other !== null)
    throw setupError('a cluster is up already', 'wsbench cluster status, or wsbench cluster down')
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
  const said = code === null ? '' : textOf(log)
  closeSync(log)
  if (code === null) {
    child.disconnect()
    child.unref()
    return
  }
  leaveRuntimeDirectory(files)
  throw new WsbenchError(said || `the cluster ended with exit ${code}`, { exit: nameOf(code) })
}

/** By descriptor: the cluster that failed has removed the file. */
function textOf(file: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size)
  readSync(file, bytes, 0, bytes.length, 0)
  return bytes.toString('utf8').trim()
}

/** In the background: tells who started it that it is up. Until then, it ends with them. */
export function tellStarter(): { readonly isUp: () => void } {
  const starter = process.send === undefined ? null : process
  const abandon = (): never => process.exit(exitCodes.interrupted)
  starter?.once('disconnect', abandon)
  // A listener keeps the channel open, and that would keep alive a cluster that could not come up.
  starter?.channel?.unref()
  return {
    isUp() {
      starter?.off('disconnect', abandon)
      starter?.send?.('up')
    },
  }
}

function nameOf(code: number): ExitName {
  const names = Object.entries(exitCodes).filter(([, value]) => value === code)
  return (names[0]?.[0] as ExitName | undefined) ?? 'internal'
}
