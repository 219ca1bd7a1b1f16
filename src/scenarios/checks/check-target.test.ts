import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseScenario } from '../load.js'
import { ScenarioError } from '../yaml/scenario-error.js'

const base = 'name: t\nclients: { count: 10 }\n'

function problemsOf(text: string): string[] {
  try {
    parseScenario(base + text, { file: '/tmp/t.yaml' })
    return []
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return error.problems.map(({ line, column, what }) => `${line}:${column}: ${what}`)
  }
}

describe('a target', () => {
  it.each<[string, string, RegExp]>([
    [
      'beside a cluster',
      'cluster: { nodes: 2 }\ntarget: { url: ws://h/ }',
      /^3:10: cluster and target are both set/,
    ],
    ['without a URL', 'target: {}', /target/],
    ['with a user in its URL', 'target: { url: ws://a:b@h/ }', /target\.url/],
    ['of another scheme', 'target: { url: http://h/ }', /target\.url/],
    ['of an unknown protocol', 'target: { url: ws://h/, protocol: sockt }', /target\.protocol/],
    [
      'with an unknown setting of its protocol',
      'target: { url: ws://h/, protocol: { kind: mqtt, qs: 1 } }',
      /qs|protocol/,
    ],
    [
      'with a literal token',
      'target: { url: ws://h/, protocol: json, headers: { authorization: Bearer abc } }',
      /^3:\d+: authorization looks like a secret$/,
    ],
    [
      'with a literal password',
      'target: { url: ws://h/, protocol: { kind: mqtt, password: hunter2 } }',
      /password looks like a secret$/,
    ],
    [
      'with a token in its URL',
      'target: { url: "ws://h/?token=abc", protocol: json }',
      /its parameter token looks like a secret$/,
    ],
    [
      'with a token in the URL of its stats',
      'target: { url: ws://h/, protocol: json, stats: { n1: "http://h/?token=abc" } }',
      /^3:\d+: its parameter token looks like a secret$/,
    ],
    [
      'with stats of the generator',
      'target: { url: ws://h/, protocol: json, stats: { generator: http://h/ } }',
      /target\.stats/,
    ],
    [
      'with stats of another scheme',
      'target: { url: ws://h/, protocol: json, stats: { n1: file:///etc/passwd } }',
      /target\.stats\.n1/,
    ],
    [
      'with a header that every handshake has',
      'target: { url: ws://h/, protocol: json, headers: { x: y, SEC-WebSocket-Protocol: abc } }',
      /^3:\d+: target\.headers\.SEC-WebSocket-Protocol: the handshake sends this header itself$/,
    ],
    [
      'with a node named in a message that mqtt does not have',
      'target: { url: ws://h/, protocol: mqtt, node: { message: node } }',
      /^3:\d+: target\.node\.message: mqtt has no JSON message before/,
    ],
    [
      'with a node named in a message that json can’t expect',
      'target: { url: ws://h/, protocol: json, node: { message: node } }',
      /^3:\d+: target\.node\.message: without protocol\.subscribed/,
    ],
    [
      'with an unset variable',
      'target: { url: ws://h/, protocol: json, headers: { x: "{env:NO_SUCH_ONE}" } }',
      /^3:\d+: NO_SUCH_ONE is not set/,
    ],
    [
      'with a placeholder in its URL over the reference protocol',
      'target: { url: "ws://h/{client}" }',
      /^3:\d+: the reference protocol fills in no placeholders$/,
    ],
    [
      'with a placeholder in one of its URLs that nothing fills in',
      'target: { urls: [{ url: ws://h/ }, { url: "ws://h/{chanel}" }], protocol: json }',
      /^3:\d+: nothing fills in \{chanel\}/,
    ],
    [
      'with the channel in its URL, and clients in two channels',
      'target: { url: "ws://h/{channel}", protocol: json }\ntraffic: [{ channel: { name: a } }, { channel: { name: b } }]',
      /^3:\d+: \{channel\} stands for the only channel of a client, but client c0 is in 2 channels$/,
    ],
    [
      'with the channel in a step, and clients in none',
      'target: { url: "ws://h/", protocol: { kind: json, handshake: [{ send: "{channel}" }] } }\ntraffic: [{ channel: { name: a, members: 1 } }]',
      /^3:\d+: \{channel\} stands for .*, but client c\d+ is in no channel$/,
    ],
    [
      'with a placeholder in the URL of its stats',
      'target: { url: ws://h/, protocol: json, stats: { n1: "http://h/{env:PATH}" } }',
      /^3:\d+: target\.stats\.n1 takes no placeholders$/,
    ],
    [
      'with a placeholder in the name of its certificate',
      'target: { url: wss://h/, protocol: json, tls: { serverName: "{env:PATH}" } }',
      /^3:\d+: target\.tls\.serverName takes no placeholders$/,
    ],
    [
      'with an unset variable in a subprotocol',
      'target: { url: ws://h/, protocol: json, subprotocols: ["{env:NO_SUCH_ONE}"] }',
      /^3:\d+: NO_SUCH_ONE is not set/,
    ],
    [
      'with a feed that does not exist',
      'target: { url: ws://h/, protocol: json, feed: ./no.csv }',
      /no file \/tmp\/no\.csv/,
    ],
    [
      'with a module that does not exist',
      'target: { url: ws://h/, protocol: ./no.mjs }',
      /no file \/tmp\/no\.mjs/,
    ],
    [
      'with a node event',
      'target: { url: ws://h/, protocol: json }\nchaos: [{ at: 1s, event: node-kill }]',
      /^4:\d+: node-kill needs a cluster that wsbench runs/,
    ],
    [
      'with backend traffic',
      'target: { url: ws://h/, protocol: json }\ntraffic: [{ channel: { name: a }, via: backend }]',
      /^4:\d+: via backend/,
    ],
    [
      'with echo beside other traffic',
      'target: { url: ws://h/, protocol: json }\ntraffic: [{ channel: { name: a }, via: echo }, { channel: { name: b } }]',
      /echo/,
    ],
    ['with half a client certificate', 'target: { url: ws://h/, protocol: json, tls: { cert: ./a } }', /tls/],
    [
      'with the reference protocol and compression',
      'target: { url: ws://h/, compression: true }',
      /^3:\d+: the reference protocol does not support compression/,
    ],
    [
      'with the reference protocol and headers',
      'target: { url: ws://h/, headers: { a: b } }',
      /does not support headers/,
    ],
  ])('%s is rejected at its place in the file', (_title, text, expected) => {
    const problems = problemsOf(text)
    expect(problems.join('\n')).toMatch(expected)
    expect(problems).toHaveLength(1)
    expect(problems.join()).not.toMatch(/abc|hunter2/)
  })

  it.each([
    ['clients', 'clients: { count: 100 }', '101 connections (at most 100)'],
    [
      'publishers',
      'traffic: [{ channel: { name: a }, publishers: 10000, rate: 0.001/s }]',
      '10,010 connections (at most 100)',
    ],
    [
      'publishers of many rooms',
      'traffic: [{ channel: { name: a, count: 91 }, rate: 0.1/s }]',
      '101 connections (at most 100)',
    ],
    ['messages', 'traffic: [{ channel: { name: a }, rate: 101/s }]', '101/s messages sent (at most 100/s)'],
    [
      'echoed messages',
      'traffic: [{ channel: { name: a }, via: echo, rate: 11/s }]',
      '110/s messages sent (at most 100/s)',
    ],
    [
      'bytes',
      'traffic: [{ channel: { name: a, members: 1 }, rate: 2/s, size: 1MiB }]',
      '2.1 MB/s sent (at most 1 MB/s)',
    ],
    [
      'bytes to deliver',
      'clients: { count: 50 }\ntraffic: [{ channel: { name: a }, rate: 10/s, size: 50KB }]',
      '25 MB/s to deliver (at most 10 MB/s)',
    ],
    [
      'churn',
      'chaos: [{ at: 1s, event: client-churn, every: 10ms, offline: 1ms }]',
      '1,000/s connects caused by events (at most 100/s)',
    ],
    [
      'storms',
      `chaos: [${[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => `{ at: 1.${10 + n}s, event: reconnect-storm }`)}]`,
      '110/s connects caused by events (at most 100/s)',
    ],
    [
      'clients refused',
      'clients: { count: 60, reconnect: { base: 200ms, cap: 1s } }',
      '122/s connects while it refuses or soon closes connections (clients.reconnect.cap) (at most 100/s)',
    ],
    [
      'clients dropped',
      'clients: { count: 1, reconnect: { base: 10ms } }',
      '200/s connects of a client that it disconnects (clients.reconnect.base) (at most 20/s)',
    ],
  ])('of a third party has a limit: %s', (_title, text, words) => {
    const whole = `name: t\n${text.startsWith('clients') ? '' : 'clients: { count: 10 }\n'}${text}\ntarget: `
    const problems = (target: string) => {
      try {
        parseScenario(whole + target, { file: '/tmp/t.yaml' })
        return ''
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(problems('{ url: ws://h/, protocol: json }')).toMatch(
      /^\/tmp\/t\.yaml:\d+:9: too much load .* hint: if the server is yours: --i-own-this-target/,
    )
    expect(problems('{ url: ws://h/, protocol: json }')).toContain(`: ${words}`)
    expect(problems('{ url: ws://h/, protocol: json, iOwnThis: true }')).toBe('')
  })

  it('of a third party accepts a small load; your own, or one on loopback, accepts any', () => {
    const heavy = '\ntraffic: [{ channel: { name: a }, rate: 1k/s }]'
    expect(problemsOf('target: { url: ws://h/, protocol: json }')).toEqual([])
    const chaos = 'chaos: [{ at: 1s, event: client-churn }, { at: 2s, event: reconnect-storm }]'
    expect(problemsOf(`target: { url: ws://h/, protocol: json }\n${chaos}`)).toEqual([])
    expect(problemsOf(`target: { url: ws://h/, protocol: json, iOwnThis: true }${heavy}`)).toEqual([])
    expect(problemsOf(`target: { url: ws://127.0.0.1:1/, protocol: json }${heavy}`)).toEqual([])
    expect(problemsOf(`target: { url: ws://127.evil.example/, protocol: json }${heavy}`)).toHaveLength(1)
  })
})

describe('the feed of a target', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-target-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  function messageOf(feed: string, text: string): string {
    writeFileSync(join(directory, 'feed'), feed)
    const target = `target: { url: ws://h/, feed: ./feed, protocol: json, ${text} }`
    try {
      parseScenario(base + target, { file: join(directory, 't.yaml') })
      return ''
    } catch (error) {
      return (error as Error).message.replaceAll(`${directory}/`, '')
    }
  }

  it('is checked before a run: a missing column is rejected at its place in the file', () => {
    const feed = 'user,token\nann,hunter2\n'
    const headers = (column: string) => `headers: { authorization: "Bearer {feed:${column}}" }`
    expect(messageOf(feed, headers('token'))).toBe('')
    expect(messageOf(feed, headers('tokn'))).toMatch(
      /^t\.yaml:3:\d+: target\.feed has no column tokn; expected an existing column; hint: did you mean \{feed:token\}\?$/,
    )
    expect(messageOf('hunter2,hunter3\na,b\n', headers('user'))).not.toContain('hunter')
    expect(messageOf('[{"user":"a"},{"usr":"b"}]', 'query: { user: "{feed:user}" }')).toMatch(
      /^t\.yaml:3:\d+: row 2 of target\.feed has no column user; .*\{feed:usr\}/,
    )
  })

  it('may have columns and variables named like members of every object, if they exist', () => {
    const feed = 'constructor,__proto__\nann,1\n'
    expect(messageOf(feed, 'query: { a: "{feed:constructor}", b: "{feed:__proto__}" }')).toBe('')
    expect(messageOf('user\nann\n', 'query: { a: "{feed:constructor}" }')).toContain(
      'has no column constructor',
    )
    expect(messageOf('user\nann\n', 'query: { a: "{env:constructor}" }')).toContain('constructor is not set')
  })

  it('must be a valid file', () => {
    expect(messageOf('user\nann\n"b"x\n', 'query: { user: "{feed:user}" }')).toMatch(
      /^t\.yaml:3:\d+: feed feed, line 3: text stands after a quote that ends a value; expected a CSV file .*; hint: double a quote/,
    )
  })
})

it.each<[string, string, string]>([
  ['nothing', '{ skew: 1 }', '3:14: clients.addresses is a mapping'],
  ['both', '{ gateways: 2, list: [10.0.0.5] }', '3:14: clients.addresses is a mapping'],
  ['a skewed list', '{ list: [10.0.0.5], skew: 1 }', '3:14: clients.addresses is a mapping'],
  ['no address', '{ list: [10.0.0] }', '3:23: clients.addresses.list[0] is "10.0.0"'],
  ['a name', '{ list: [localhost] }', '3:23: clients.addresses.list[0] is "localhost"'],
  ['one twice', '{ list: [10.0.0.5, 10.0.0.5] }', '3:22: clients.addresses.list is a list'],
  ['none', '{ list: [] }', '3:22: clients.addresses.list is an empty list'],
  ['another family', '{ list: [10.0.0.5, fd00::5] }', '3:33: fd00::5 can’t connect to 10.0.0.9'],
])('clients of a target are rejected with addresses: %s', (_which, addresses, problem) => {
  const text = `target: { url: ws://10.0.0.9/ }\nclients:\n  addresses: ${addresses}\n  count: 10\nname: t\n`
  expect(() => parseScenario(text, { file: 's.yaml' })).toThrow(`s.yaml:${problem}`)
})

it('clients of the bundled cluster are rejected with IPv6 addresses', () => {
  const text = 'name: t\nclients: { count: 10, addresses: { list: [fd00::5] } }\n'
  expect(() => parseScenario(text, { file: 's.yaml' })).toThrow(
    's.yaml:2:43: fd00::5 can’t connect to 127.0.0.1; expected an IPv4 address',
  )
})
