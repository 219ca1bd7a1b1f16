import { readFileSync } from 'node:fs'
import { childrenOf } from '../../src/cluster/local/process-stat.js'

/** Processes that this one started, and those that they did, whose command line is like `pattern`. */
export async function descendants(pattern: RegExp, pid = process.pid): Promise<number[]> {
  const children = await childrenOf(pid)
  const below = await Promise.all(children.map((child) => descendants(pattern, child)))
  return [...children.filter((child) => pattern.test(commandOf(child))), ...below.flat()]
}

/** Local ports of the TCP connections to a server that are established now. */
export function connectionsTo(url: string): Set<string> {
  const { hostname, port } = new URL(url)
  const bytes = hostname.split('.').map(Number).toReversed()
  const hex = (numbers: readonly number[], digits: number) =>
    numbers.map((number) => number.toString(16).toUpperCase().padStart(digits, '0')).join('')
  const server = `${hex(bytes, 2)}:${hex([Number(port)], 4)}`
  const lines = readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1)
  const open = lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , to, state]) => to === server && state === '01')
  return new Set(open.map(([, from]) => from!))
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    // It ended while we looked.
    return ''
  }
}
