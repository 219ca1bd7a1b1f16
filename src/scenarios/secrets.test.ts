import { describe, expect, it } from 'vitest'
import { parseScenario } from './load.js'
import { ScenarioError } from './scenario-error.js'
import { holdsSecret, withoutSecrets } from './secrets.js'

const base = 'name: t\nclients: { count: 10 }\n'

function problemsOf(text: string, overrides: string[] = []): string {
  try {
    parseScenario(base + text, { file: '/tmp/t.yaml', overrides })
    return ''
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    expect(JSON.stringify(error.problems)).not.toContain('hunter2')
    return error.message
  }
}

describe('a hook with a literal secret is refused, where it stands', () => {
  it.each([
    [
      'a header',
      'event: http, url: "http://h/", headers: { Authorization: Bearer hunter2 }',
      'Authorization',
    ],
    [
      'a JSON body',
      `event: http, url: "http://h/", body: '{"user":"a","pass_word":1,"password": "hunter2"}'`,
      'body',
    ],
    ['a form', 'event: http, url: "http://h/", body: "a=b&api_key=hunter2"', 'body'],
    [
      'its undo',
      'event: http, url: "http://h/", undo: { url: "http://h/", headers: { x-token: hunter2 } }',
      'x-token',
    ],
    ['a query', 'event: http, url: "http://h/?access-key=hunter2"', 'url'],
    ['a user in its URL', 'event: http, url: "http://a:hunter2@h/"', 'url'],
    ['a flag', 'event: exec, run: [cut, --token=hunter2]', 'this argument'],
    ['the value of a flag', 'event: exec, run: [cut, --token, hunter2]', 'this argument'],
    ["curl's user", 'event: exec, run: [curl, -u, "admin:hunter2", "http://h/"]', 'this argument'],
    ["curl's header", 'event: exec, run: [curl, -H, "Authorization: Bearer hunter2"]', 'this argument'],
    ['a variable of a shell', 'event: exec, run: [sh, -c, "PGPASSWORD=hunter2 psql"]', 'this argument'],
    ['an undo command', 'event: exec, run: [a], undo: [b, --secret, hunter2]', 'this argument'],
  ])('in %s', (_title, event, what) => {
    expect(problemsOf(`chaos: [{ at: 1s, ${event} }]`)).toMatch(
      new RegExp(
        `^/tmp/t.yaml:3:\\d+: ${what} looks like a secret; expected it from the environment: {env:NAME}$`,
      ),
    )
  })

  it.each([
    'event: http, url: "http://h/?token={env:PATH}", headers: { authorization: "Bearer {env:PATH}" }',
    `event: http, url: "http://h/", body: '{"password":"{env:PATH}","token":"","session":null}'`,
    'event: exec, run: [curl, -u, "admin:{env:PATH}", -H, "Authorization: Bearer {env:PATH}"]',
    'event: exec, run: [sh, -c, "PGPASSWORD=$PGPASSWORD psql", --token, "{env:PATH}"]',
    'event: exec, run: [redis-cli, DEL, "session:7"]',
    'event: exec, run: [docker, exec, -u, "1000:1000", auth-service, --secret, --force]',
    'event: kubectl, action: rollout-restart, name: deployment/token-service',
  ])('but not: %s', (event) => {
    expect(problemsOf(`chaos: [{ at: 1s, ${event} }]`)).toBe('')
  })

  it('nor is one with a variable that is not set, on any cluster', () => {
    expect(problemsOf('chaos: [{ at: 1s, event: exec, run: [cut, "{env:NO_SUCH_ONE}"] }]')).toMatch(
      /NO_SUCH_ONE is not set/,
    )
  })
})

describe('a secret in what is faulty is not told', () => {
  it.each<[string, string[]]>([
    ['', ['target.headers.authorization=Bearer [hunter2']],
    ['', ['target.headers.authorization=[hunter2']],
    ['', ['target.headers.authorization=!hunter2']],
    ['', ['target.headers.authorization=*hunter2']],
    ['', ['target.headers.authorization=hunter2, hunter2']],
    ['', ['target.cookies.sid=hunter2']],
    ['', ['target.headers={ authorization: hunter2 }']],
    ['', ['target.headers[authorization]=hunter2']],
    ['', ['authorization:hunter2']],
    ['', ['target.url=ws://a:hunter2@h/']],
    ['', ['target.url=h/?token=hunter2']],
    ['target: { url: "ws://a:hunter2@h/" }', []],
    ['target: { url:ws://h/?token=hunter2 }', []],
    ['target: { url: ws://h/, headers: { authorization: [hunter2] } }', []],
    ['target: { url: ws://h/, headers: { authorization:hunter2 } }', []],
    ['target: { url: ws://h/, headers: authorization=hunter2 }', []],
    ['target: { url: ws://h/, protocol: { kind: mqtt, passwort: hunter2 } }', []],
    ['target:\n  url: ws://h/\n  headers:\n    authorization: !hunter2\n', []],
    ['target:\n  url: ws://h/\n  headers:\n    authorization:\n      *hunter2\n', []],
    ['target:\n  url: ws://h/\n  headers:\n    authorization: |hunter2\n', []],
    ['target: { url: ws://h/, protocol: { kind: json, subscribe: { token: 4711hunter2 } } }', []],
    ['chaos: [{ at: 1s, event: exec, run: "curl --token hunter2 --password=hunter2" }]', []],
  ])('%s %j', (text, overrides) => {
    const told = problemsOf(text, overrides)
    expect(told).not.toBe('')
    expect(told).not.toContain('hunter2')
  })

  it('the rest is', () => {
    expect(withoutSecrets('target.url is "ws://a:b@h/"')).toBe('target.url is "ws://…@h/"')
    expect(withoutSecrets('--set target.cookies.sid=abc')).toBe('--set target.cookies.sid=…')
    expect(withoutSecrets('clients.count is "many"')).toBe('clients.count is "many"')
  })

  it('is looked for in time that grows with the text', () => {
    for (const text of ['a', 'token', 'token ', '://a:', 'token="']) {
      const long = text.repeat(200_000)
      expect([holdsSecret(long), withoutSecrets(long).length > 0]).toEqual([expect.any(Boolean), true])
    }
  })
})
