import { describe, expect, it } from 'vitest'
import { barePath, describeReal, wsbench } from './support/wsbench.js'

describe('on a machine with none of nginx, haproxy, redis-server', () => {
  it('run smoke passes and says what was embedded', async () => {
    const { code, stdout, result, orphans, leftovers } = await wsbench(['run', 'smoke'], {
      PATH: barePath(),
      CI: '',
    })
    expect(stdout).toMatch(/embedded/)
    expect(result?.verdict).toEqual({ outcome: 'pass', reasons: [], attributedTo: [] })
    expect(result?.cluster.balancer).toMatchObject({ kind: 'embedded', isEmbedded: true })
    expect(result?.cluster.broker).toMatchObject({ isEmbedded: true })
    expect(code).toBe(0)
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })

  it('with CI set, nothing is embedded that the scenario does not name: exit 3 says how to install it', async () => {
    const { code, stderr } = await wsbench(['run', 'smoke'], { PATH: barePath(), CI: 'true' })
    expect(stderr).toMatch(
      /nginx or haproxy is not installed.*--require-real[\s\S]*hint: apt-get install nginx/,
    )
    expect(code).toBe(3)
    const named = ['run', 'smoke', '--balancer', 'embedded', '--set', 'cluster.broker=embedded', '--dry-run']
    expect((await wsbench(named, { PATH: barePath(), CI: 'true' })).code).toBe(0)
  })

  it('a balancer that is named is not replaced: exit 3 says what is missing', async () => {
    const { code, stderr, orphans } = await wsbench(['run', 'smoke', '--balancer', 'nginx'], {
      PATH: barePath(),
    })
    expect(code).toBe(3)
    expect(stderr).toMatch(/nginx/)
    expect(stderr).toMatch(/hint/)
    expect(orphans).toEqual([])
  })
})

describeReal('with nginx and redis-server installed', ['nginx', 'redis-server'], () => {
  it('the same command uses them', async () => {
    const { code, result, orphans, leftovers } = await wsbench(['run', 'smoke'])
    expect(result?.verdict).toEqual({ outcome: 'pass', reasons: [], attributedTo: [] })
    expect(result?.cluster.balancer).toMatchObject({ kind: 'nginx', isEmbedded: false })
    expect(result?.cluster.balancer.version).toMatch(/^\d+\.\d+/)
    expect(result?.cluster.broker).toMatchObject({ kind: 'redis', isEmbedded: false })
    expect(code).toBe(0)
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })
})
