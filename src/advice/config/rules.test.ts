import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expandMatrix } from '../../experiments/matrix.js'
import { loadScenario } from '../../scenarios/load.js'
import { parseHaproxy } from './haproxy/parse.js'
import { haproxyRules } from './haproxy/rules/index.js'
import { parseNginx } from './nginx/parse.js'
import { nginxRules } from './nginx/rules/index.js'
import type { ConfigRule, Evidence } from './rule.js'
import { haproxyCases, nginxCases, type RuleCase } from './testing/cases.js'

const unknown = { heartbeatMs: null, version: '1.22.1' }

describe.each([
  ['nginx', nginxRules, nginxCases, parseNginx],
  ['haproxy', haproxyRules, haproxyCases, parseHaproxy],
] as const)('rules for %s', (_, rules, cases, parse) => {
  const evidenceOf = (rule: unknown, text: string): readonly Evidence[] =>
    (rule as ConfigRule<unknown>).evidence(parse(text, 'the.conf'), unknown)

  it('all have a case', () => {
    expect(Object.keys(cases).sort()).toEqual(rules.map(({ name }) => name).sort())
  })

  it.each(rules.map((rule) => [rule.name, rule, cases[rule.name] as RuleCase] as const))(
    '%s applies where it should, and nowhere else',
    (_, rule, { fires, line, quiet }) => {
      const found = evidenceOf(rule, fires)
      expect(found.map(({ place }) => place)).toEqual([{ file: 'the.conf', line }])
      expect(evidenceOf(rule, quiet)).toEqual([])
    },
  )

  it.each(rules.map((rule) => [rule.name, rule] as const))(
    '%s: the command to see it can be run',
    (_, rule) => {
      const words = shellWords(rule.experiment)
      expect(words.slice(0, 2)).toEqual(['wsbench', words[1] === 'run' ? 'run' : 'compare'])
      const optionsOf = (name: string) => words.filter((_, index) => words[index - 1] === name)
      const cells = expandMatrix(optionsOf('--over')).cells
      for (const { overrides } of cells.length > 0 ? cells : [{ overrides: [] }])
        expect(loadScenario(ownScenario(words[2]!), [...optionsOf('--set'), ...overrides]).name).toBeTruthy()
    },
  )

  it('the mended files have no finding at all', () => {
    const left = Object.values(cases).flatMap(({ quiet }) => rules.flatMap((rule) => evidenceOf(rule, quiet)))
    expect(left.map(({ found }) => found)).toEqual([])
  })
})

function shellWords(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
}

/** `your-chat.yaml` is the reader's own scenario. */
function ownScenario(name: string): string {
  if (name !== 'your-chat.yaml') return name
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-advice-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, name)
  writeFileSync(
    file,
    'name: your-chat\ntarget: { url: "ws://127.0.0.1:1/" }\nclients: { count: 10 }\ntraffic: [{ channel: { name: a }, rate: 1/s }]\n',
  )
  return file
}

describe('upgrade-headers', () => {
  const [rule] = nginxRules
  const inServer = (location: string, server = '') =>
    parseNginx(`http { server { ${server} ${location} } }`, 'a.conf')
  const headers =
    'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;'
  const found = (config: ReturnType<typeof parseNginx>, version = '1.22.1') =>
    rule!.evidence(config, { heartbeatMs: null, version }).map((own) => own.found)

  it('says that headers of the server are replaced by one of the location', () => {
    const config = inServer(
      'location /chat/ws { proxy_set_header Host $host; proxy_pass http://a; }',
      headers,
    )
    expect(found(config)).toEqual([expect.stringMatching(/its own proxy_set_header \(line 1\) replaces/)])
    expect(found(inServer('location /chat/ws { proxy_pass http://a; }', headers))).toEqual([])
  })

  it('leaves other locations alone, where one passes Upgrade on', () => {
    const config = inServer(
      `location /ws { ${headers} proxy_pass http://a; } location /api { proxy_pass http://b; }`,
    )
    expect(found(config)).toEqual([])
  })

  it('knows that nginx speaks HTTP/1.1 by default since 1.29.7', () => {
    const config = inServer(`location /ws { ${headers.replace(/^[^;]+;/, '')} proxy_pass http://a; }`)
    expect(found(config, '1.29.6')).toHaveLength(1)
    expect(found(config, '1.29.7')).toEqual([])
    expect(found(config, '1.30.0')).toEqual([])
  })

  it('takes the Connection of a map', () => {
    const config = inServer(
      `location /ws { ${headers.replace('Connection upgrade', 'Connection $connection_upgrade')} proxy_pass http://a; }`,
    )
    expect(found(config)).toEqual([])
  })
})

describe('a known heartbeat', () => {
  const within = (rules: readonly ConfigRule<never>[], name: string, config: unknown, heartbeatMs: number) =>
    rules.find((rule) => rule.name === name)!.evidence(config as never, { heartbeatMs, version: null })

  it('decides whether a timeout is too short', () => {
    const nginx = parseNginx(nginxCases['read-timeout']!.fires, 'a.conf')
    expect(within(nginxRules, 'read-timeout', nginx, 25_000)).toEqual([])
    expect(within(nginxRules, 'read-timeout', nginx, 30_000)).toHaveLength(1)
    const haproxy = parseHaproxy(haproxyCases['tunnel-timeout']!.fires, 'a.cfg')
    expect(within(haproxyRules, 'tunnel-timeout', haproxy, 15_000)).toEqual([])
    expect(within(haproxyRules, 'tunnel-timeout', haproxy, 25_000)).toHaveLength(1)
  })
})
