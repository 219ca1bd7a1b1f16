import { setupError } from '../base/errors.js'
import { runProgram } from './run-program.js'

const ANSWERS_WITHIN_MS = 5_000

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

async function outputOf(binary: string, flag: string): Promise<string> {
  const { failure, stdout, stderr } = await runProgram(binary, [flag], ANSWERS_WITHIN_MS)
  if (failure !== null)
    throw setupError(`${binary} ${flag} can't be run: ${failure}`, 'is it a working executable?')
  return stdout + stderr
}
