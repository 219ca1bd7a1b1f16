import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Saved } from '../results/saved/read-saved.js'
import { parseOutputs, writeOutputs } from './outputs.js'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wsbench-outputs-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const saved = { kind: 'gate' } as Saved
const report = '{\n  "kind": "gate"\n}\n'

/** Writes `report` to the path. */
function write(path: string): string[] {
  return writeOutputs(parse(path), saved, { columns: 80, color: false })
}

function parse(path: string) {
  return parseOutputs([`json=${path}`], 'gate')
}

describe('a file', () => {
  test('is replaced completely, with no other file left beside it', () => {
    const path = join(home, 'result.json')
    writeFileSync(path, 'what was there before')
    expect(write(path)).toEqual([])
    expect(readFileSync(path, 'utf8')).toBe(report)
    expect(readdirSync(home)).toEqual(['result.json'])
  })

  test.each(['present', 'not present yet'])('behind a symlink, %s: the link stays', (when) => {
    mkdirSync(join(home, 'elsewhere'))
    const target = join(home, 'elsewhere', 'real.json')
    if (when === 'present') writeFileSync(target, 'old')
    const link = join(home, 'link.json')
    symlinkSync('elsewhere/real.json', link)
    expect(write(link)).toEqual([])
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe(report)
  })
})

test.each([0o600, 0o640])('the mode %o of a file that was there stays', (mode) => {
  const path = join(home, 'result.json')
  writeFileSync(path, 'old', { mode })
  chmodSync(path, mode)
  expect(write(path)).toEqual([])
  expect(statSync(path).mode & 0o777).toBe(mode)
})

test('no symlink is followed where the file is written at first', () => {
  const path = join(home, 'result.json')
  writeFileSync(join(home, 'victim'), 'precious')
  symlinkSync('victim', `${path}.part`)
  expect(write(path)).toEqual([])
  expect(readFileSync(join(home, 'victim'), 'utf8')).toBe('precious')
})

describe('what is not a file is written to, not replaced', () => {
  /** Reads what was written to a pipe, which is held open so that the writer does not block. */
  function throughPipe(pathOf: (fifo: string, descriptor: number) => string): string {
    const fifo = join(home, 'pipe')
    execFileSync('mkfifo', [fifo])
    const descriptor = openSync(fifo, 'r+')
    try {
      expect(write(pathOf(fifo, descriptor))).toEqual([])
      expect(lstatSync(fifo).isFIFO()).toBe(true)
      const read = Buffer.alloc(100)
      return read.toString('utf8', 0, readSync(descriptor, read))
    } finally {
      closeSync(descriptor)
    }
  }

  test('a pipe', () => expect(throughPipe((fifo) => fifo)).toBe(report))

  test('a pipe behind a symlink', () => {
    const link = join(home, 'link')
    symlinkSync('pipe', link)
    expect(throughPipe(() => link)).toBe(report)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
  })

  test('a descriptor, as from process substitution', () => {
    expect(throughPipe((_, descriptor) => `/proc/self/fd/${descriptor}`)).toBe(report)
  })
})

describe('refused before anything is started:', () => {
  test('a file that is read-only', () => {
    const path = join(home, 'result.json')
    writeFileSync(path, 'old', { mode: 0o444 })
    expect(() => parse(path)).toThrow(/is read-only$/)
  })

  test('two reports to one file, by whatever paths', () => {
    const path = join(home, 'result')
    symlinkSync('result', join(home, 'link'))
    for (const other of [path, join(home, '.', 'result'), join(home, 'link')]) {
      const texts = [`json=${path}`, `junit=${other}`]
      expect(() => parseOutputs(texts, 'gate')).toThrow(/is written by another --out$/)
    }
    expect(parseOutputs(['json=/dev/null', 'junit=/dev/null'], 'gate')).toHaveLength(2)
  })

  test('a report over what the command reads', () => {
    const path = join(home, 'result.json')
    writeFileSync(path, '{}')
    linkSync(path, join(home, 'same.json'))
    for (const over of [path, join(home, 'same.json')]) {
      expect(() => parseOutputs([`json=${over}`], 'gate', [path])).toThrow(/is read by this command$/)
    }
  })

  test('a directory', () => {
    expect(() => parse(home)).toThrow(/is a directory; expected a file/)
    symlinkSync(home, join(home, 'link'))
    expect(() => parse(join(home, 'link'))).toThrow(/is a directory/)
  })

  test.each([
    ['a directory that does not exist', 'missing/result.json', null],
    ['a symlink into such a directory', 'link.json', 'missing/result.json'],
    ['a circular symlink', 'link.json', 'link.json'],
  ])('%s', (_, path, target) => {
    if (target) symlinkSync(target, join(home, path))
    expect(() => parse(join(home, path))).toThrow(/that can be written to$/)
  })
})
