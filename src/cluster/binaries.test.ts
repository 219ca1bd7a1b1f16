import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBinary } from './binaries.js'

describe('findBinary', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'wsbench-test-'))
    for (const name of ['runs', 'plain']) writeFileSync(join(directory, name), '#!/bin/sh\n')
    chmodSync(join(directory, 'runs'), 0o755)
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test('returns the absolute path of the first executable on the path', () => {
    expect(findBinary('runs', ['/nowhere', directory].join(delimiter))).toBe(join(directory, 'runs'))
  })

  test('ignores directories and files that are not executable', () => {
    expect(findBinary('plain', directory)).toBeNull()
    expect(findBinary('tmp', '/')).toBeNull()
  })
})
