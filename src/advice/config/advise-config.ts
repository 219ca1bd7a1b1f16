import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { usageError, WsbenchError } from '../../base/errors.js'
import { findBinary } from '../../cluster/binaries.js'
import { programVersion } from '../../cluster/program-version.js'
import { parseHaproxy } from './haproxy/parse.js'
import { haproxyRules } from './haproxy/rules/index.js'
import { childrenOf } from './nginx/directive.js'
import { parseNginx } from './nginx/parse.js'
import { nginxRules } from './nginx/rules/index.js'
import { askHaproxy, askNginx, type Said } from './program.js'
import type { Advice, ConfigRule, Evidence, Surroundings } from './rule.js'

/** What `wsbench advise --config` found; with `--json` it is printed as it is, version 1. */
export interface ConfigReport {
  readonly version: 1
  readonly kind: 'config-advice'
  readonly file: string
  readonly program: 'nginx' | 'haproxy'
  /** Why the program itself did not check the file; null if it did. */
  readonly unchecked: string | null
  readonly advice: readonly Advice[]
}

interface AdviseOptions {
  readonly heartbeatMs: number | null
}

/** Reads a configuration of nginx or HAProxy, asks the program itself, and applies the rules. */
export async function adviseConfig(file: string, { heartbeatMs }: AdviseOptions): Promise<ConfigReport> {
  const text = read(file)
  const program = programOf(text, file)
  const binary = findBinary(program)
  const version = binary === null ? null : await programVersion(binary)
  const surroundings = { heartbeatMs, version }
  const report = { version: 1, kind: 'config-advice', file, program } as const
  if (program === 'haproxy') {
    const advice = apply(haproxyRules, parseHaproxy(text, file), surroundings)
    if (binary === null) return { ...report, advice, unchecked: 'haproxy is not installed here' }
    return {
      ...report,
      unchecked: null,
      advice: together(await askHaproxy(binary, file), advice, haproxyRules),
    }
  }
  const config = parseNginx(text, file)
  const advice = apply(nginxRules, config, surroundings)
  if (childrenOf(config, 'events').length === 0)
    return { ...report, advice, unchecked: 'it is a part of a configuration, without events' }
  if (binary === null) return { ...report, advice, unchecked: 'nginx is not installed here' }
  const said = await askNginx(binary, resolve(file))
  return { ...report, unchecked: null, advice: together(said.map(named(file)), advice, nginxRules) }
}

/** HAProxy's files have sections, nginx's have blocks. */
function programOf(text: string, file: string): ConfigReport['program'] {
  if (/^\s*(?:global|defaults|(?:frontend|backend|listen)\s+[^\s;{]+)\b[^;{]*$/m.test(text)) return 'haproxy'
  if (/[;{}]\s*(?:#.*)?$/m.test(text)) return 'nginx'
  throw usageError(`${file} is neither a configuration of nginx nor one of HAProxy`)
}

function apply<Config>(
  rules: readonly ConfigRule<Config>[],
  config: Config,
  surroundings: Surroundings,
): Advice[] {
  return rules.flatMap(({ name, explanation, change, experiment, evidence }) =>
    onePerPlace(evidence(config, surroundings)).map((own) => ({
      ...own,
      rule: name,
      severity: 'warning' as const,
      explanation,
      change,
      experiment,
    })),
  )
}

/** A line that holds in several blocks is one to change. */
function onePerPlace(evidence: readonly Evidence[]): Evidence[] {
  const places = evidence.map(({ place }) => `${place.file}:${place.line}`)
  return evidence.filter((_, index) => places.indexOf(places[index]!) === index)
}

/** The program's own words first, without those that a rule that applies explains. */
function together<Config>(
  said: readonly Said[],
  advice: readonly Advice[],
  rules: readonly ConfigRule<Config>[],
): Advice[] {
  const applied = rules.filter(({ name }) => advice.some(({ rule }) => rule === name))
  const own = said
    .filter(({ found }) => !applied.some(({ covers }) => covers?.test(found)))
    .map((words) => ({ ...words, rule: null, lines: [], explanation: null, change: null, experiment: null }))
  return [...own, ...advice]
}

/** nginx is asked with an absolute path; the report has the path that was given. */
function named(file: string): (said: Said) => Said {
  return (said) => (said.place?.file === resolve(file) ? { ...said, place: { ...said.place, file } } : said)
}

const MAX_BYTES = 16 * 1024 ** 2

function read(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > MAX_BYTES) throw usageError(`${file} is larger than any configuration`)
    return text
  } catch (error) {
    if (error instanceof WsbenchError) throw error
    throw usageError(`cannot read ${file}: ${(error as Error).message}`, undefined, error)
  }
}
