import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/wsbench.js'

/** ARCHITECTURE.md's picture, lowest first: a room imports rooms below it only, of types too. */
const rooms = [
  'base',
  'protocols',
  'reference-cluster',
  'cluster',
  'chaos',
  'plan',
  'results',
  'reporters',
  'generator',
  'scenarios',
  'planning',
  'selftest',
  'run',
  'daemon',
  'live',
  'experiments',
  'advice',
  'telemetry',
  'commands',
  'cli.ts',
]

const sources = ['src', 'reference-cluster'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`),
)
const isTest = (file: string) => file.endsWith('.test.ts') || file.includes('/testing/')
const imports = new Map(sources.filter((file) => !isTest(file)).map((file) => [file, importsOf(file)]))

/** Project files that `file` imports, statically or not, types included. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)
  return [...found].map(([, path]) =>
    relative(root, join(root, dirname(file), path!.replace(/\.js$/, '.ts'))),
  )
}

function roomOf(file: string): string {
  return file.startsWith('reference-cluster/') ? 'reference-cluster' : file.split('/')[1]!
}

it('finds the imports it judges', () => {
  expect(imports.size).toBeGreaterThan(300)
  expect(imports.get('src/commands/program.ts')).toContain('src/base/exit-codes.ts')
  const unknown = [...imports.values()]
    .flat()
    .filter((file) => file.endsWith('.ts') && !sources.includes(file))
  expect(unknown).toEqual([])
})

it('has the rooms of the picture: one root file, no folder that tools take for build output', () => {
  expect(new Set(sources.map(roomOf))).toEqual(new Set(rooms))
  expect(rooms.length).toBeLessThanOrEqual(20)
  expect(sources.filter((file) => /\/(target|build|dist|out)\//.test(file))).toEqual([])
})

it('imports downward only, types included', () => {
  const upward = [...imports].flatMap(([file, imported]) =>
    imported
      .filter((other) => rooms.indexOf(roomOf(other)) > rooms.indexOf(roomOf(file)))
      .map((other) => `${file} → ${other}`),
  )
  expect(upward).toEqual([])
})

it('has no import cycle, types included', () => {
  expect(cycles()).toEqual([])
})

/** Each cycle once, as the path that closes it. */
function cycles(): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '))
      return
    }
    if (done.has(file)) return
    for (const other of imports.get(file) ?? []) visit(other, [...path, file])
    done.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
  return found
}
