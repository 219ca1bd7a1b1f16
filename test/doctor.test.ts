import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeReal, root } from './support/wsbench.js'

/** The CLI in a process that really may open no more files than that. */
function limited(descriptors: number, args: readonly string[]) {
  const cli = join(root, 'dist/src/cli.js')
  const { status, stdout, stderr } = spawnSync(
    'prlimit',
    [`--nofile=${descriptors}`, process.execPath, cli, ...args],
    { encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

describeReal('a machine with 1,024 descriptors', ['prlimit'], () => {
  it('doctor names the limit that breaks first and the command that lifts it, exit 3', () => {
    const { status, stdout, stderr } = limited(1_024, ['doctor', 'fanout-50k'])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^✗ fanout-50k does not fit on this machine: open files of a node breaks first/)
    expect(stdout).toMatch(/✗ {2}open files of a node +13,001 +1,024 +breaks/)
    expect(stdout).toMatch(/ulimit -n 16384/)
    expect(status).toBe(3)
  })

  it('run refuses with the same words before it starts anything', () => {
    const { status, stdout, stderr } = limited(1_024, ['run', 'fanout-50k'])
    expect(stderr).toMatch(/^12,501 connections on each of 4 nodes .* 524 .* 1,024 open files/)
    expect(stdout).toBe('')
    expect(status).toBe(3)
  })

  it('what fits is fine, exit 0, and JSON says the same', () => {
    const { status, stdout } = limited(1_024, ['doctor', 'smoke', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      scenario: 'smoke',
      fits: true,
      breaksFirst: null,
      machine: { descriptors: 1_024 },
    })
    expect(status).toBe(0)
  })
})
