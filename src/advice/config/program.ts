import { execFile } from 'node:child_process'
import type { Advice, Place } from './rule.js'

/** What a program says about a configuration. */
export type Said = Pick<Advice, 'place' | 'found' | 'severity'>

/** nginx and HAProxy check in well under a second; names in the file may have to be resolved first. */
const PATIENCE_MS = 30_000

/** `nginx -t`. It writes nothing but what the configuration's log files get when they are opened. */
export async function askNginx(binary: string, file: string): Promise<Said[]> {
  return nginxWords(await outputOf(binary, ['-t', '-q', '-e', 'stderr', '-c', file]))
}

/** `haproxy -c`. */
export async function askHaproxy(binary: string, file: string): Promise<Said[]> {
  return haproxyWords(await outputOf(binary, ['-c', '-f', file]))
}

/** About the user who runs the check, and not about the file. */
const aboutUser =
  /could not open error log file|only if the master process runs with super-user|\(13: Permission denied\)/

export function nginxWords(output: string): Said[] {
  return [...output.matchAll(/\[(warn|emerg|crit|alert|error)\] (?:\d+#\d+: )?(.*)/g)]
    .map(([, level, message = '']) => {
      const [, found, file, line] = /^(.*?) in ([^\s:]+):(\d+)$/.exec(message) ?? [undefined, message]
      return { ...saidOf(found!, file, line), severity: severityOf(level === 'warn') }
    })
    .filter(({ found }) => !aboutUser.test(found))
}

export function haproxyWords(output: string): Said[] {
  return [...output.matchAll(/\[(WARNING|ALERT)\]\s+(?:\S+ )?\(\d+\) : (?:config : )?(.*(?:\n {3}\|.*)*)/g)]
    .map(([, level, message = '']) => {
      const whole = message.replace(/\n {3}\| ?/g, ' ')
      const [, file, line, found] = /^parsing \[(.+?):(\d+)\]\s*: (.*)$/.exec(whole) ?? [
        null,
        undefined,
        undefined,
        whole,
      ]
      return { ...saidOf(found!, file, line), severity: severityOf(level === 'WARNING') }
    })
    .filter(({ found }) => !/^(?:Error\(s\) found in|Fatal errors found in)/.test(found))
}

function saidOf(
  found: string,
  file?: string,
  line?: string,
): { readonly found: string; readonly place: Place | null } {
  return { found, place: file === undefined ? null : { file, line: Number(line) } }
}

function severityOf(isWarning: boolean): Advice['severity'] {
  return isWarning ? 'warning' : 'error'
}

/** Both programs write to stderr, and exit 1 if they refuse the file. */
function outputOf(binary: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(binary, args, { timeout: PATIENCE_MS }, (_, stdout, stderr) => resolve(stdout + stderr))
  })
}
