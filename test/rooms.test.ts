import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/wsbench.js'

/** ARCHITECTURE.md's table: what a room may import at run time. Types flow freely; they vanish when compiled. */
const allowed: Record<string, readonly string[]> = {
  'src/scenarios': ['src/cluster', 'src/chaos', 'src/results', 'src/protocols', 'reference-cluster/node'],
  'src/cluster': [
    'reference-cluster/node',
    'reference-cluster/broker',
    'reference-cluster/balancer',
    'reference-cluster/proxy',
    'src/protocols',
  ],
  'src/generator': ['src/protocols', 'src/results', 'src/scenarios', 'reference-cluster/node/bridges'],
  'src/chaos': [],
  'src/results': [],
  'src/reporters': ['src/results'],
  'src/protocols': [],
  'reference-cluster': ['src/protocols', 'src/cluster'],
}
const shared = [
  'src/base/clock.ts',
  'src/base/errors.ts',
  'src/base/exit-codes.ts',
  'src/base/nearest.ts',
  'src/base/package-info.ts',
  'src/base/entry-point.ts',
  'src/base/random.ts',
  'src/base/units.ts',
  'src/base/fields.ts',
]

function sources(): string[] {
  return ['src', 'reference-cluster'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
      .map((file) => `${folder}/${file}`),
  )
}

function roomOf(file: string): string {
  if (file.startsWith('reference-cluster/')) return 'reference-cluster'
  const parts = file.split('/')
  return parts.length > 2 ? parts.slice(0, 2).join('/') : 'src'
}

/** Project files that `file` imports for more than types. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const statements = text.matchAll(/^(?:import|export)\s(?!type\s)([^;'"]*?)from\s+'(\.[^']+)'/gms)
  return [...statements]
    .filter(([, names]) => !/^\{(?:\s*type\s[^,}]+,?)+\s*\}\s*$/.test(names ?? ''))
    .map(([, , path]) => relative(root, join(root, dirname(file), path!.replace(/\.js$/, '.ts'))))
}

it('finds the sources it is to judge', () => {
  expect(sources().length).toBeGreaterThan(60)
  expect(importsOf('src/run/run.ts')).toContain('src/base/clock.ts')
})

it('no room imports what the table does not give it', () => {
  const trespasses = sources().flatMap((file) => {
    const room = roomOf(file)
    if (['src', 'src/commands', 'src/selftest', 'src/standing', 'src/completion'].includes(room)) return []
    return importsOf(file)
      .filter((target) => roomOf(target) !== room && !shared.includes(target))
      .filter((target) => !(allowed[room] ?? []).some((folder) => target.startsWith(`${folder}/`)))
      .map((target) => `${file} → ${target}`)
  })
  expect(trespasses).toEqual([])
})
