import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { reporters } from '../src/reporters/index.js'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { root, temporary, wsbench } from './support/wsbench.js'

const servers = new Servers()
afterAll(() => servers.stop())

/** Members of every object. */
const names = ['constructor', '__proto__', 'toString']

it('no record is filled entry by entry: names from outside are counted by base/records.ts', () => {
  const filled =
    /Record<string\b[^=\n]*> = \{\}|\{\} as (Readonly<)?Record<|Record<string\b[^=\n]*>\(\{\}|, \{\}\)(?= as Record)/
  const sources = ['src', 'reference-cluster'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing/'))
      .map((file) => `${folder}/${file}`),
  )
  expect(sources.filter((file) => filled.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})

it('nodes and a channel named like members of every object are counted as any other', async () => {
  const nodes = await Promise.all(
    names.map((name) => servers.fixture('lines-server.mjs', { ECHO: '1', NODE: name })),
  )
  const urls = nodes.map(({ port }) => `{ url: 'ws://127.0.0.1:${port}/' }`).join(', ')
  const scenario = servers.write(
    'names.yaml',
    `name: toString
target: { urls: [${urls}], protocol: { kind: json }, node: { header: x-node } }
clients: { count: 30 }
traffic: [{ channel: { name: constructor }, rate: 4/s, via: echo }]
phases: { warmup: 500ms, measure: 2s, grace: 2s }
chaos: [{ at: 1s, event: reconnect-storm, share: 50% }]
validity: ${patience}
gates: ["delivery.due{channel=constructor} > 0", ${names.map((name) => `"delivery.due{node=${name}} > 0"`).join(', ')}]
`,
  )
  const directory = temporary('names')
  const kinds = Object.keys(reporters).filter((kind) => kind !== 'json')
  const outs = (to: string) => kinds.flatMap((kind) => ['--out', `${kind}=${join(directory, to + kind)}`])
  const { code, result, stdout, stderr } = await wsbench(['run', scenario, ...outs('first-')])
  expect(code, `${stdout}${stderr}`).toBe(0)
  const { byNode, byChannel } = result!.delivery
  expect(Object.keys(byChannel)).toEqual(['constructor'])
  for (const name of names) expect(Object.hasOwn(byNode, name), name).toBe(true)
  expect(Object.values(byNode).reduce((sum, { due }) => sum + due, 0)).toBe(result!.delivery.due)
  for (const { perNode } of Object.values(result!.balance))
    if (perNode) expect(Object.keys(perNode).toSorted()).toEqual(names.toSorted())

  const saved = servers.write('result.json', JSON.stringify(result))
  const again = await wsbench(['report', saved, ...outs('second-')])
  expect(again.code, again.stderr).toBe(0)
  for (const kind of kinds) {
    const [first, second] = ['first-', 'second-'].map((to) =>
      readFileSync(join(directory, to + kind), 'utf8'),
    )
    expect(second, kind).toBe(first)
  }
})
