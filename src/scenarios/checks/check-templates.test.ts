import { expect, it } from 'vitest'
import { parseScenario } from '../load.js'
import { ScenarioError } from '../yaml/scenario-error.js'

function problemsOf(settings: string): string[] {
  const text = `name: t\nclients: { count: 10 }\ntarget: { url: ws://127.0.0.1/, ${settings} }`
  try {
    parseScenario(text, { file: '/tmp/t.yaml' })
    return []
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return error.problems.map(
      ({ line, column, what, expected, hint }) => `${line}:${column} ${what}; ${expected}; ${hint}`,
    )
  }
}

it.each<[string, readonly RegExp[]]>([
  [
    'protocol: { kind: json, subscribe: { op: join, room: "{chanel}" }, publish: { body: "{message}", text: "{payload}" } }',
    [
      /nothing fills in \{chanel\}; .*; did you mean \{channel\}\?/,
      /nothing fills in \{message\}; one of \{channel\}, \{payload\}/,
    ],
  ],
  ['protocol: { kind: json, publish: { text: hello } }', [/target\.protocol\.publish has no \{payload\}/]],
  ['protocol: { kind: socket.io, publish: { args: ["{channel}"] } }', [/publish has no \{payload\}/]],
  ['protocol: { kind: socket.io, auth: { room: "{channel}" } }', [/nothing fills in \{channel\}/]],
  ['protocol: { kind: stomp, body: text }', [/body has no \{payload\}/]],
  ['protocol: { kind: mqtt, topic: "a/{Channel}" }', [/\{Channel\}; .*; did you mean \{channel\}/]],
  ['protocol: json, query: { room: "{channel}", user: "{clinet}" }', [/did you mean \{client\}/]],
  ['protocol: json, headers: { x-u: "{ client }" }', [/fills in \{ client \}; .*; did you mean \{client\}/]],
  [
    'protocol: json, headers: { x-u: "{fed:user}" }',
    [/fills in \{fed:user\}; .*; did you mean \{feed:user\}/],
  ],
  ['protocol: json, subprotocols: ["v1.{clint}"]', [/did you mean \{client\}/]],
  [
    'protocol: { kind: json, handshake: [{ expect: a, take: { session: s } }], subscribe: { a: "{taken:sesion}", b: "{payload}" } }',
    [
      /nothing fills in \{taken:sesion\}; .*\{taken:session\}.*; did you mean \{taken:session\}/,
      /fills in \{payload\}/,
    ],
  ],
  ['protocol: { kind: json, subscribe: "{taken:x}" }', [/nothing fills in \{taken:x\}/]],
  ['protocol: { kind: json, ping: { send: "{payload}" } }', [/nothing fills in \{payload\}/]],
  ['protocol: { kind: json, acked: { ok: true } }', [/target\.protocol\.acked .*\{sequence\} or \{id\}/]],
  ['protocol: { kind: json, handshake: [{ take: {} }] }', [/handshake\[0\] .*; send or expect/]],
  ['protocol: { kind: json, handshake: [{ send: { token: hunter2 } }] }', [/looks like a secret/]],
  [
    'protocol: { kind: json, subscibe: { a: 1 } }',
    [
      /unknown key "subscibe" in target\.protocol; one of handshake, subscribe, .*, kind; did you mean "subscribe"\?/,
    ],
  ],
  [
    'protocol: { kind: socket.io, publish: { evnt: x } }',
    [/unknown key "evnt" in target\.protocol\.publish; one of event, args, confirm; did you mean "event"\?/],
  ],
  [
    'protocol: { module: /bin/true, optons: {} }',
    [/unknown key "optons" in target\.protocol; .*; did you mean "options"\?/],
  ],
  [
    'protocol: { kind: sockt.io }',
    [
      /target\.protocol\.kind is "sockt\.io"; one of reference, json, socket\.io, .*, stomp, module; did you mean "socket\.io"/,
    ],
  ],
])('is refused: %s', (settings, expected) => {
  expect(problemsOf(settings)).toEqual(expected.map((words) => expect.stringMatching(words)))
})

it.each([
  'protocol: json, query: { room: "{channel}" }, headers: { x-room: "{channel}" }, subprotocols: ["v1.{channel}"]',
  'protocol: { kind: json, handshake: [{ expect: "{any}", take: { token: data.token } }], publish: "{payload} {id} {taken:token}" }',
  `protocol: { kind: json, subscribe: '{"op":"join","a":{"b":1}}', publish: '{op:say} {payload}' }`,
  'protocol: { kind: graphql-transport-ws, publish: { query: "mutation{send{id}}", variables: { t: "{payload}" } } }',
  'protocol: { module: /bin/true, options: { a: "{mine}" } }',
])('is not refused: %s', (settings) => {
  expect(problemsOf(settings)).toEqual([])
})
