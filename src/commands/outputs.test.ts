import { execFileSync } from 'node:child_process'
import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseOutput, writeOutputs } from './outputs.js'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wsbench-outputs-'))
})
afterEach(() => rmSync(home, { recursive: true }))

/** Parses and writes one output; its text is `report`. */
function write(path: string): string[] {
  return writeOutputs([parseOutput(`json=${path}`)], () => 'report', { columns: 80, color: false })
}

describe('a file', () => {
  test('is replaced whole, nothing left beside it', () => {
    const path = join(home, 'result.json')
    writeFileSync(path, 'what was there before')
    expect(write(path)).toEqual([])
    expect(readFileSync(path, 'utf8')).toBe('report')
    expect(readdirSync(home)).toEqual(['result.json'])
  })

  test.each(['there', 'yet to come'])('that a symlink leads to, %s: the link stays', (when) => {
    mkdirSync(join(home, 'elsewhere'))
    const target = join(home, 'elsewhere', 'real.json')
    if (when === 'there') writeFileSync(target, 'old')
    const link = join(home, 'link.json')
    symlinkSync('elsewhere/real.json', link)
    expect(write(link)).toEqual([])
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('report')
  })
})

describe('what is no file is written to, not replaced', () => {
  /** Reads what was written to a pipe that is held open, lest the writer waits. */
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

  test('a pipe', () => expect(throughPipe((fifo) => fifo)).toBe('report'))

  test('a pipe behind a symlink', () => {
    const link = join(home, 'link')
    symlinkSync('pipe', link)
    expect(throughPipe(() => link)).toBe('report')
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
  })

  test('a descriptor, as process substitution gives it', () => {
    expect(throughPipe((_, descriptor) => `/proc/self/fd/${descriptor}`)).toBe('report')
  })
})

describe('before anything is started it refuses', () => {
  test('a directory', () => {
    expect(() => parseOutput(`json=${home}`)).toThrow(/is a directory; expected a file/)
    symlinkSync(home, join(home, 'link'))
    expect(() => parseOutput(`json=${join(home, 'link')}`)).toThrow(/is a directory/)
  })

  test.each([
    ['a directory that is not there', 'missing/result.json', null],
    ['a symlink into one', 'link.json', 'missing/result.json'],
    ['a symlink that leads in a circle', 'link.json', 'link.json'],
  ])('%s', (_, path, target) => {
    if (target) symlinkSync(target, join(home, path))
    expect(() => parseOutput(`json=${join(home, path)}`)).toThrow(/that can be written to$/)
  })
})
