import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { parseScenario } from '../load.js'
import { ScenarioError } from '../yaml/scenario-error.js'

const directory = mkdtempSync(join(tmpdir(), 'wsbench-handshake-'))
beforeAll(() => {
  writeFileSync(join(directory, 'names.csv'), 'id,name\n1,Zoë\n2,Kovačević\n3,"a\nb"\n4,a;b=c\n')
  writeFileSync(join(directory, 'inj.csv'), 'name\naĊX-Role: admin\n')
  vi.stubEnv('LINES', 'x\r\nEvil: 1')
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

/** Of a target with these settings: the messages of its problems, with line and column. */
function problemsOf(settings: string): string[] {
  const text = `name: t\nclients: { count: 10 }\ntarget: { url: ws://127.0.0.1/, protocol: json, feed: names.csv, ${settings} }`
  try {
    parseScenario(text, { file: join(directory, 't.yaml') })
    return []
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return error.problems.map(({ line, column, what, hint }) => `${line}:${column} ${what} ${hint ?? ''}`)
  }
}

it.each([
  [
    'a header from the feed',
    'headers: { x-u: "{feed:name}" }',
    /^3:\d+ row 2 of target\.feed, column name, for target\.headers\.x-u, has the character U\+010D, .*percent-encode/,
  ],
  [
    'a header, written out',
    'headers: { x-u: "ačĊX-Inj: 1" }',
    /^3:\d+ target\.headers\.x-u has the character U\+010D/,
  ],
  ['a header with BEL', 'headers: { x-u: "a\\ab" }', /has the character U\+0007/],
  ['a header from a variable', 'headers: { x-u: "{env:LINES}" }', /^3:\d+ LINES has the character U\+000D/],
  [
    'a Cookie header',
    'headers: { cookie: "a={feed:name}" }',
    /row 3 .* has the character U\+000A, which a Cookie header/,
  ],
  ['a cookie', 'cookies: { u: "{feed:name}" }', /row 3 .* has the character U\+000A, which a cookie/],
  [
    'a subprotocol',
    'subprotocols: [v1, "u.{feed:name}"]',
    /row 1 .* for target\.subprotocols\[1\], has the character U\+00EB/,
  ],
])('refuses what can’t be sent in %s', (_what, settings, expected) => {
  const problems = problemsOf(settings)
  expect(problems).toEqual([expect.stringMatching(expected)])
})

it('refuses the injection of a header through the low byte of a character', () => {
  const text = `name: t\nclients: { count: 1 }\ntarget: { url: ws://127.0.0.1/, protocol: json, feed: inj.csv, headers: { x-u: "{feed:name}" } }`
  expect(() => parseScenario(text, { file: join(directory, 't.yaml') })).toThrow(
    'row 1 of target.feed, column name',
  )
})

it.each([
  'headers: { x-u: "Zoë", x-id: "{feed:id}" }',
  'cookies: { u: "Kovačević", v: "a b, c" }',
  'headers: { cookie: "a={feed:id}; b=č" }',
  'query: { u: "{feed:name}" }',
])('takes what can be sent: %s', (settings) => {
  expect(problemsOf(settings)).toEqual([])
})
