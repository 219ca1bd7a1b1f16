import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, start, wsbench } from './support/wsbench.js'

describe('wsbench selftest --quick', () => {
  it('counts exactly what the faulty server logged', async () => {
    const { code, stdout, orphans, leftovers } = await wsbench(['selftest', '--quick'])
    expect(stdout).toMatch(/^✓ PASS selftest: \d\d,\d\d\d deliveries, every class exact\n/)
    expect(stdout).not.toMatch(/✗/)
    expect(code).toBe(0)
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })

  it('leaves nothing behind if interrupted', async () => {
    const { child, said, finished } = start(['selftest', '--quick'])
    await said(' left ·')
    child.kill('SIGINT')
    const { code, stdout, orphans } = await finished
    expect(stdout).toMatch(/INTERRUPTED/)
    expect(code).toBe(130)
    expect(orphans).toEqual([])
  })

  it('refuses an invalid seed', async () => {
    const { code, stderr } = await wsbench(['selftest', '--seed', 'x'])
    expect(stderr).toMatch(/whole number/)
    expect(code).toBe(2)
  })

  it('detects a broken counting rule', { timeout: 300_000 }, async () => {
    const script = join(root, 'scripts/mutation-check.mjs')
    const child = spawn(process.execPath, [script, 'no message is reordered'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let stdout = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    const [code] = await once(child, 'exit')
    expect(stdout).toMatch(/1 of 1 mutations caught/)
    expect(code).toBe(0)
  })
})
