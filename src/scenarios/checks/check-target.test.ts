import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { describePlan } from '../../planning/describe-plan.js'
import { planScenario } from '../../planning/planner.js'
import { bareMachine } from '../../planning/testing/machine.js'
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
    ['beside a cluster', 'cluster: { nodes: 2 }\ntarget: { url: ws://h/ }', /^3:10: there is a target too/],
    ['without a URL', 'target: {}', /target/],
    ['with a user in its URL', 'target: { url: ws://a:b@h/ }', /target\.url/],
    ['of another scheme', 'target: { url: http://h/ }', /target\.url/],
    ['of an unknown protocol', 'target: { url: ws://h/, protocol: sockt }', /target\.protocol/],
    [
      'with a setting its protocol has not',
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
      'with a header that the handshake owns',
      'target: { url: ws://h/, protocol: json, headers: { x: y, SEC-WebSocket-Protocol: abc } }',
      /^3:\d+: target\.headers\.SEC-WebSocket-Protocol: the handshake sends this header itself$/,
    ],
    [
      'with a node named in a message that can’t come, of mqtt',
      'target: { url: ws://h/, protocol: mqtt, node: { message: node } }',
      /^3:\d+: target\.node\.message: mqtt has no JSON message before/,
    ],
    [
      'with a node named in a message that can’t come, of json',
      'target: { url: ws://h/, protocol: json, node: { message: node } }',
      /^3:\d+: target\.node\.message: without protocol\.subscribed/,
    ],
    [
      'with an unset variable',
      'target: { url: ws://h/, protocol: json, headers: { x: "{env:NO_SUCH_ONE}" } }',
      /^3:\d+: NO_SUCH_ONE is not set/,
    ],
    [
      'with a placeholder in its URL',
      'target: { url: "ws://h/?token={env:PATH}", protocol: json }',
      /^3:\d+: target\.url takes no placeholders$/,
    ],
    [
      'with one in one of its URLs',
      'target: { urls: [{ url: ws://h/ }, { url: "ws://h/{channel}" }], protocol: json }',
      /^3:\d+: target\.urls\[1\]\.url takes no placeholders$/,
    ],
    [
      'with one in the URL of its stats',
      'target: { url: ws://h/, protocol: json, stats: { n1: "http://h/{env:PATH}" } }',
      /^3:\d+: target\.stats\.n1 takes no placeholders$/,
    ],
    [
      'with one in the name of its certificate',
      'target: { url: wss://h/, protocol: json, tls: { serverName: "{env:PATH}" } }',
      /^3:\d+: target\.tls\.serverName takes no placeholders$/,
    ],
    [
      'with an unset variable in a subprotocol',
      'target: { url: ws://h/, protocol: json, subprotocols: ["{env:NO_SUCH_ONE}"] }',
      /^3:\d+: NO_SUCH_ONE is not set/,
    ],
    [
      'with a feed that is not there',
      'target: { url: ws://h/, protocol: json, feed: ./no.csv }',
      /no file \/tmp\/no\.csv/,
    ],
    [
      'with a module that is not there',
      'target: { url: ws://h/, protocol: ./no.mjs }',
      /no file \/tmp\/no\.mjs/,
    ],
    [
      'with a node event',
      'target: { url: ws://h/, protocol: json }\nchaos: [{ at: 1s, event: node-kill }]',
      /^4:\d+: node-kill acts on a cluster that wsbench runs/,
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
      'of our protocol with compression',
      'target: { url: ws://h/, compression: true }',
      /^3:\d+: the reference protocol takes no compression/,
    ],
    ['of our protocol with headers', 'target: { url: ws://h/, headers: { a: b } }', /takes no headers/],
  ])('%s is refused, where it stands', (_title, text, expected) => {
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
      '25 MB/s for it to deliver (at most 10 MB/s)',
    ],
    [
      'churn',
      'chaos: [{ at: 1s, event: client-churn, every: 10ms, offline: 1ms }]',
      '1,000/s connects by chaos (at most 100/s)',
    ],
    [
      'storms',
      `chaos: [${[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => `{ at: 1.${10 + n}s, event: reconnect-storm }`)}]`,
      '110/s connects by chaos (at most 100/s)',
    ],
    [
      'clients refused',
      'clients: { count: 60, reconnect: { base: 200ms, cap: 1s } }',
      '120/s connects while it refuses them (clients.reconnect.cap) (at most 100/s)',
    ],
    [
      'clients dropped',
      'clients: { count: 1, reconnect: { base: 10ms } }',
      '200/s connects of a client that it drops (clients.reconnect.base) (at most 20/s)',
    ],
  ])('of a stranger takes not too many %s', (_title, text, words) => {
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
      /^\/tmp\/t\.yaml:\d+:9: too much .* hint: if it is yours: --i-own-this-target/,
    )
    expect(problems('{ url: ws://h/, protocol: json }')).toContain(`: ${words}; expected less`)
    expect(problems('{ url: ws://h/, protocol: json, iOwnThis: true }')).toBe('')
  })

  it('of a stranger takes a small load; one’s own, or one on loopback, any', () => {
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

  function told(feed: string, text: string): string {
    writeFileSync(join(directory, 'feed'), feed)
    const target = `target: { url: ws://h/, feed: ./feed, protocol: json, ${text} }`
    try {
      parseScenario(base + target, { file: join(directory, 't.yaml') })
      return ''
    } catch (error) {
      return (error as Error).message.replaceAll(`${directory}/`, '')
    }
  }

  it('is read before a run: a column it has not is refused where it stands', () => {
    const feed = 'user,token\nann,hunter2\n'
    const headers = (column: string) => `headers: { authorization: "Bearer {feed:${column}}" }`
    expect(told(feed, headers('token'))).toBe('')
    expect(told(feed, headers('tokn'))).toMatch(
      /^t\.yaml:3:\d+: target\.feed has no column tokn; expected a column that it has; hint: did you mean \{feed:token\}\?$/,
    )
    expect(told('hunter2,hunter3\na,b\n', headers('user'))).not.toContain('hunter')
    expect(told('[{"user":"a"},{"usr":"b"}]', 'query: { user: "{feed:user}" }')).toMatch(
      /^t\.yaml:3:\d+: row 2 of target\.feed has no column user; .*\{feed:usr\}/,
    )
  })

  it('must be one', () => {
    expect(told('user\nann\n"b"x\n', 'query: { user: "{feed:user}" }')).toMatch(
      /^t\.yaml:3:\d+: feed feed, line 3: a quote is not closed, .*; expected a CSV file .*; hint: a value with a quote/,
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
])('clients of a target from %s are refused', (_which, addresses, problem) => {
  const text = `target: { url: ws://10.0.0.9/ }\nclients:\n  addresses: ${addresses}\n  count: 10\nname: t\n`
  expect(() => parseScenario(text, { file: 's.yaml' })).toThrow(`s.yaml:${problem}`)
})

it('clients of a cluster of wsbench’s own from IPv6 are refused', () => {
  const text = 'name: t\nclients: { count: 10, addresses: { list: [fd00::5] } }\n'
  expect(() => parseScenario(text, { file: 's.yaml' })).toThrow(
    's.yaml:2:43: fd00::5 can’t connect to 127.0.0.1; expected an IPv4 address',
  )
})

describe('the plan of a target', () => {
  it('holds templates and no value, says what hooks do, and has no cluster of ours', () => {
    const scenario = parseScenario(
      `${base}target: { urls: [{ url: wss://h/a, weight: 3 }, { url: ws://g/ }], protocol: json, compression: true, headers: { authorization: "{env:PATH}" } }
chaos: [{ at: 1s, event: docker, container: ws, for: 1s }]`,
      { file: '/tmp/t.yaml' },
    )
    const plan = planScenario(scenario, bareMachine)
    expect(plan.target).toMatchObject({
      headers: { authorization: '{env:PATH}' },
      protocol: { kind: 'json' },
    })
    expect(plan.cluster).toMatchObject({ driver: 'target', nodes: 0, bridge: 'none' })
    expect(plan.clients.addresses).toEqual({ kind: 'single' })
    expect(describePlan(plan)).toMatch(/compression +permessage-deflate is offered/)
    const text = describePlan(plan)
    expect(text).toMatch(/url +wss:\/\/h\/a, weight 3/)
    expect(text).toContain('docker kill ws; then docker start ws')
    expect(text).not.toContain(process.env.PATH)
  })

  it('is shown with its TLS settings, what stops the run, and what hooks call', () => {
    const scenario = parseScenario(
      `${base}target: { url: wss://h/, protocol: json, tls: { ca: ./draft.ts, serverName: chat, insecure: true } }
chaos: [{ at: 1s, event: http, url: "http://h/", headers: { x-key: "{env:PATH}" }, body: '{"a":1}' }]
safety: { maxDuration: 5m, abortIfConnectedBelow: 30% }`,
      { file: `${import.meta.dirname}/t.yaml` },
    )
    const text = describePlan(planScenario(scenario, bareMachine))
    expect(text).toMatch(/ tls +ca \/.*\/draft\.ts\n +tls +serverName chat\n +tls +insecure: whoever answers/)
    expect(text).toMatch(
      /Safety\n +maxDuration +stops after 5m\n +abortIfConnectedBelow +stops with fewer than 30% of the clients/,
    )
    expect(text.replace(/\s+/g, ' ')).toContain(`POST http://h/, headers x-key, body "{\\"a\\":1}"`)
  })

  it('of echo traffic has a channel for each client', () => {
    const scenario = parseScenario(
      `${base}target: { url: ws://127.0.0.1:1/, protocol: json }\ntraffic: [{ channel: { name: e }, via: echo }]`,
      { file: '/tmp/t.yaml' },
    )
    const plan = planScenario(scenario, bareMachine)
    expect(plan.channels).toMatchObject([{ count: 10, members: 1, publishers: 1, via: 'echo' }])
    expect(plan.estimate.connections).toBe(10)
  })
})
