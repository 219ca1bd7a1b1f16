import { execFile } from 'node:child_process'
import { setupError } from '../base/errors.js'

/** The version that `<binary> -v` (Caddy: `version`) prints (`1.22.1`); a setupError when it can't be run or prints none. */
export async function programVersion(binary: string, argument = '-v'): Promise<string> {
  return versionIn(await outputOf(binary, argument), binary)
}

/** The version in the output of `<program> -v`; a setupError when there is none. */
export function versionIn(output: string, program: string): string {
  const version = /(?:nginx\/|Apache\/|version |v=|: v|^v?)(\d[\w.+~-]*)/.exec(output)?.[1]
  if (version === undefined)
    throw setupError(`${program} -v prints no version`, `its output: ${output.trim() || 'nothing'}`)
  return version
}

function outputOf(binary: string, flag: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(binary, [flag], { timeout: 5_000 }, (error, stdout, stderr) => {
      if (error)
        reject(setupError(`${binary} can't be run: ${error.message}`, 'is it a working executable?', error))
      else resolve(stdout + stderr)
    })
  })
}
