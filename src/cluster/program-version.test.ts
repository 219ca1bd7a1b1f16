import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WsbenchError } from '../base/errors.js'
import { programVersion } from './program-version.js'

describe('programVersion', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'wsbench-test-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  /** A program that prints `output`. */
  function program(output: string): string {
    const file = join(directory, `program-${output.length}`)
    writeFileSync(file, `#!/bin/sh\necho '${output}'\n`)
    chmodSync(file, 0o755)
    return file
  }

  test.each([
    ['nginx version: nginx/1.22.1', '1.22.1'],
    ['HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/', '2.6.12-1+deb12u4'],
    ['Server version: Apache/2.4.71 (Debian)', '2.4.71'],
    ['2.6.2', '2.6.2'],
    ['v2.10.0 h1:fonubSaQKF7xuEqMzKOsf0tsvIhkOWsHh2LqTqMyRE0=', '2.10.0'],
    ['nats-server: v2.9.10', '2.9.10'],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', '7.0.15'],
  ])('reads %s', async (output, version) => {
    expect(await programVersion(program(output))).toBe(version)
  })

  test('a program that prints none, or cannot be run, is a set-up error', async () => {
    await expect(programVersion(program('hello'))).rejects.toThrow(WsbenchError)
    await expect(programVersion(join(directory, 'nothing'))).rejects.toThrow(/can't be run/)
  })
})
