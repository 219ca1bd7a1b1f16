import type { ConfigLine, Section } from './parse.js'

/** Lines of a section itself that begin with these words. */
export function linesOf(section: Section, ...start: readonly string[]): ConfigLine[] {
  return section.lines.filter(({ words }) => start.every((word, index) => words[index] === word))
}

/** The last line that holds: of the proxy itself, else of its defaults. `no option …` is not `option …`. */
export function effectiveLine(section: Section, ...start: readonly string[]): ConfigLine | undefined {
  const own = linesOf(section, ...start).at(-1)
  return own ?? (section.defaults ? effectiveLine(section.defaults, ...start) : undefined)
}

export function isHttp(section: Section): boolean {
  return effectiveLine(section, 'mode')?.words[1] === 'http'
}

/** Proxies that accept clients. */
export function frontendsOf(config: readonly Section[]): Section[] {
  return config.filter(({ kind }) => kind === 'frontend' || kind === 'listen')
}

/** Proxies that have servers. */
export function backendsOf(config: readonly Section[]): Section[] {
  return config
    .filter(({ kind }) => kind === 'backend' || kind === 'listen')
    .filter((section) => linesOf(section, 'server').length + linesOf(section, 'server-template').length > 0)
}

export function titleOf({ kind, name }: Section): string {
  return name === '' ? kind : `${kind} ${name}`
}

/** `balance source` and its siblings, which choose a node by a hash. */
export function hashingLine(section: Section): ConfigLine | undefined {
  const line = effectiveLine(section, 'balance')
  return /^(?:source|uri|url_param|hdr\(|rdp-cookie|hash)/.test(line?.words[1] ?? '') ? line : undefined
}

const units: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  '': 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `5000`, `30s`, `1h`; null for anything else. */
export function haproxyMs(text: string | undefined): number | null {
  const [, number, unit] = /^(\d+)(us|ms|[smhd]?)$/.exec(text ?? '') ?? []
  return number === undefined ? null : Number(number) * units[unit!]!
}

/** ms of `timeout <name>`; null if it is not set. */
export function timeoutMs(section: Section, name: string): number | null {
  return haproxyMs(effectiveLine(section, 'timeout', name)?.words[2])
}
