import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseScenario } from '../load.js'
import { ScenarioError } from './scenario-error.js'
import { holdsSecret, withoutSecrets } from './secrets.js'

beforeAll(() => void vi.stubEnv('WORD', 'abc'))
afterAll(() => void vi.unstubAllEnvs())

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

describe('a hook with a literal secret is rejected at its place in the file', () => {
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
    ['a key in a query', 'event: http, url: "http://h/?key=hunter2"', 'url'],
    ['a value', 'event: exec, run: [curl, -H, "x-user: Bearer hunter2"]', 'this argument'],
    ['an undo command', 'event: exec, run: [a], undo: [b, --secret, hunter2]', 'this argument'],
  ])('in %s', (_title, event, what) => {
    expect(problemsOf(`chaos: [{ at: 1s, ${event} }]`)).toMatch(
      new RegExp(`^/tmp/t.yaml:3:\\d+: ${what} looks like a secret; expected a placeholder: {env:NAME}$`),
    )
  })

  it.each([
    'event: http, url: "http://h/?token={env:PATH}", headers: { authorization: "Bearer {env:PATH}" }',
    `event: http, url: "http://h/", body: '{"password":"{env:PATH}","token":"","session":null}'`,
    'event: exec, run: [curl, -u, "admin:{env:PATH}", -H, "Authorization: Bearer {env:PATH}"]',
    'event: exec, run: [sh, -c, "PGPASSWORD=$PGPASSWORD psql", --token, "{env:PATH}"]',
    'event: exec, run: [redis-cli, DEL, "session:7"]',
    'event: exec, run: [curl, --key, ./client.pem, --key=/etc/wsbench/client.pem]',
    `event: http, url: "http://h/", body: '{"auth":{"token":"{env:PATH}"}}'`,
    'event: exec, run: [docker, exec, -u, "1000:1000", auth-service, --secret, --force]',
    'event: kubectl, action: rollout-restart, name: deployment/token-service',
  ])('but not: %s', (event) => {
    expect(problemsOf(`chaos: [{ at: 1s, ${event} }]`)).toBe('')
  })

  it('and so is one with a variable that is not set', () => {
    expect(problemsOf('chaos: [{ at: 1s, event: exec, run: [cut, "{env:NO_SUCH_ONE}"] }]')).toMatch(
      /NO_SUCH_ONE is not set/,
    )
  })
})

const TOKEN = 'eyJhbGciOiJub25lIn0.eyJodW50ZXIyIjoxfQ.hunter2'

describe('a target with a literal secret is rejected at its place in the file', () => {
  it.each([
    ['a header', 'headers: { x-key: hunter2 }'],
    ['a token’s header', 'headers: { x-jwt: hunter2 }'],
    ['a header by its value', 'headers: { x-user: Bearer hunter2 }'],
    ['credentials in base64', 'headers: { x-user: Basic YWRtaW46aHVudGVyMg== }'],
    ['a cookie', 'cookies: { jwt: hunter2 }'],
    ['a cookie by its value', `cookies: { u: ${TOKEN} }`],
    ['the query', 'query: { key: hunter2 }'],
    ['text around a placeholder', 'headers: { authorization: "Bearer hunter2 {env:PATH}" }'],
    ['a protocol’s setting', 'protocol: { kind: graphql-transport-ws, init: { key: hunter2 } }'],
    ['one deeper down', 'protocol: { kind: socket.io, auth: { jwt: hunter2 } }'],
    ['a text of it', `protocol: { kind: json, subscribe: '{"token":"hunter2"}' }`],
    ['a line of it', 'protocol: { kind: json, subscribe: AUTH token=hunter2 }'],
    ['a login of it', 'protocol: { kind: json, subscribe: AUTH hunter2 }'],
    ['a body', `protocol: { kind: stomp, body: '{"password":"hunter2","text":"{payload}"}' }`],
    [
      'a query language',
      'protocol: { kind: graphql-transport-ws, subscribe: { query: "{ a(token: \\"hunter2\\") }" } }',
    ],
    ['a module’s option', 'protocol: { module: ./secrets.ts, options: { key: hunter2 } }'],
    ['a subprotocol', 'subprotocols: [base64url.bearer.authorization.k8s.io.hunter2, base64.binary.k8s.io]'],
    ['a bearer of it', 'subprotocols: [graphql, base64url.bearer.hunter2]'],
    ['a named subprotocol', 'subprotocols: [access_token, hunter2]'],
    ['a subprotocol that is a JWT', `subprotocols: [v1, ${TOKEN}]`],
    ['its URL', '', 'ws://h/?v=1&key=hunter2&jwt=hunter2'],
    ['its URL by the value', '', `ws://h/?v=${TOKEN}`],
    ['its URL’s path', '', `ws://h/${TOKEN}/ws`],
    ['the URL of stats', 'stats: { n1: "http://h/?key=hunter2" }'],
  ])('in %s', (_title, setting, url = 'ws://h/') => {
    const json = setting.startsWith('protocol') ? '' : 'protocol: json, '
    const message = problemsOf(`target: { url: "${url}", ${json}${setting} }`)
    expect(message).toMatch(/^\/tmp\/t\.yaml:3:\d+: .* looks like a secret; expected .*$/)
    expect(message).not.toContain('hunter2')
  })

  it.each([
    'headers: { x-monkey: banana, x-keyboard: qwerty, x-plan: Basic tier, keys: a, x-user: "Bearer {env:PATH}" }',
    'headers: { idempotency-key: "{uuid}", x-routing-key: europe }',
    'cookies: { theme: dark, jwt: "{env:PATH}" }',
    'query: { key: "{env:PATH}", token: "{client}" }',
    'subprotocols: [v12.stomp, auth-v1, bearer, "{env:WORD}", "base64url.bearer.authorization.k8s.io.{env:WORD}"]',
    `protocol: { kind: json, subscribe: '{"auth":{"token":"{env:PATH}"},"key":"{channel}"}', publish: '{"session":"{uuid}","text":"{payload}"}' }`,
    'protocol: { kind: json, subscribe: "AUTH {env:PATH}", publish: "PUB key={channel} {payload}" }',
    'protocol: { kind: json, subscribe: { key: "room:{channel}" }, publish: "the monkey: {payload}" }',
    'protocol: { kind: graphql-transport-ws, init: { token: "{env:PATH}" }, subscribe: { query: "subscription ($token: String!, $authKey: Key) { m(token: $token, key: $authKey) }" } }',
    'tls: { cert: ./secrets.ts, key: ./secrets.ts }',
  ])('but not: %s', (setting) => {
    const json = setting.startsWith('protocol') ? '' : 'protocol: json, '
    const text = `target: { url: "wss://h/keyboard?monkey=1", ${json}${setting} }`
    expect(() => parseScenario(base + text, { file: `${import.meta.dirname}/t.yaml` })).not.toThrow()
  })
})

describe('a secret in an invalid value is not shown', () => {
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
    ['', ['target.query.key=[hunter2']],
    ['target: { url: ws://h/, protocol: json }', ['target.subprotocols=[access_token, hunter2]']],
    ['target: { url: ws://h/, protocol: json }', ['target.protocol={ kind: json, subscribe: AUTH hunter2 }']],
    [
      'target: { url: ws://h/, protocol: json, iOwnThis: false }',
      ['target={ url: "ws://h/{client}", protocol: json, subprotocols: [access_token, hunter2] }'],
    ],
    ['', ['target.headers.x-user=[Bearer hunter2']],
    ['target: { url: h/?key=hunter2 }', []],
    ['target: { url: ws://h/, protocol: json, headers: Bearer hunter2 }', []],
    [`target: { url: ${TOKEN} }`, []],
    ['chaos: [{ at: 1s, event: exec, run: "curl --token hunter2 --password=hunter2" }]', []],
  ])('%s %j', (text, overrides) => {
    const message = problemsOf(text, overrides)
    expect(message).not.toBe('')
    expect(message).not.toContain('hunter2')
  })

  it('but the other text is', () => {
    expect(withoutSecrets('target.url is "ws://a:b@h/"')).toBe('target.url is "ws://…@h/"')
    expect(withoutSecrets('--set target.cookies.sid=abc')).toBe('--set target.cookies.sid=…')
    expect(withoutSecrets('clients.count is "many"')).toBe('clients.count is "many"')
  })

  it('is found in linear time', () => {
    for (const text of [
      'a',
      'bearer ',
      'bearer a',
      'basic aaaa',
      'eyJa',
      'key',
      'token',
      'token ',
      '://a:',
      'token="',
    ]) {
      const long = text.repeat(200_000)
      expect([holdsSecret(long), withoutSecrets(long).length > 0]).toEqual([expect.any(Boolean), true])
    }
  })
})
