import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeReal, root } from './support/wsbench.js'

const cli = join(root, 'dist/src/cli.js')

/** The CLI in a process with this limit of open files. */
function limited(descriptors: number, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    'prlimit',
    [`--nofile=${descriptors}`, process.execPath, cli, ...args],
    { encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

describeReal('a machine with 1,024 descriptors', ['prlimit'], () => {
  it('doctor names the limit that is exceeded first and the command that raises it, exit 3', () => {
    const { status, stdout, stderr } = limited(1_024, ['doctor', 'fanout-50k'])
    expect(stderr).toBe('')
    expect(stdout).toMatch(
      /^✗ fanout-50k does not fit on this machine; first limit exceeded: open files of a node/,
    )
    expect(stdout).toMatch(/✗ {2}open files of a node +13,001 +1,024 +exceeded/)
    expect(stdout).toMatch(/ulimit -n 16384/)
    expect(status).toBe(3)
  })

  it('run fails with the same message before it starts anything', () => {
    const { status, stdout, stderr } = limited(1_024, ['run', 'fanout-50k'])
    expect(stderr).toMatch(/^12,501 connections on each of 4 nodes .* 524 .* 1,024 open files/)
    expect(stdout).toBe('')
    expect(status).toBe(3)
  })

  it('a scenario that fits exits 0, in JSON as well', () => {
    const { status, stdout } = limited(1_024, ['doctor', 'smoke', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      scenario: 'smoke',
      fits: true,
      firstExceeded: null,
      machine: { descriptors: 1_024 },
    })
    expect(status).toBe(0)
  })
})

/** The CLI in a network namespace with this many local ports, from 61000 on. */
function withPorts(ports: number, args: readonly string[]) {
  const prepare = `ip link set lo up && echo 61000 ${61_000 + ports - 1} > /proc/sys/net/ipv4/ip_local_port_range`
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-rn', 'sh', '-c', `${prepare} && exec "$0" "$@"`, process.execPath, cli, ...args],
    { encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

/** On some systems only root can create a network namespace. */
const canUnshare = withPorts(1_000, ['--version']).status === 0
if (!canUnshare) console.warn('\nSKIPPED: no user namespaces: a machine with 1,000 local ports\n')

describe.skipIf(!canUnshare)('a machine with 1,000 local ports', () => {
  it.each([
    [
      'to a node, of which half are found quickly',
      [],
      'ports of the balancer to a node',
      /^12,501 connections on each of 4 nodes are 12,501 from one address .* beyond half of its 1,000 ports/,
      /500 +exceeded/,
    ],
    [
      'behind a gateway',
      ['--set', 'clients.addresses={ gateways: 2, skew: 0 }'],
      'ports of a client address',
      /^the busiest gateway would hold 25,\d{3} connections, but has 1,000 ports/,
      /1,000 +exceeded/,
    ],
  ])('doctor reports them, and run fails with the same message: %s', (_which, set, name, refusal, row) => {
    const args = ['fanout-50k', '--set', 'cluster.balancer.kind=embedded', ...set]
    const examined = withPorts(1_000, ['doctor', ...args])
    expect(examined.stderr).toBe('')
    expect(examined.stdout).toContain(`does not fit on this machine; first limit exceeded: ${name}`)
    expect(examined.stdout).toMatch(new RegExp(`✗ {2}${name} .*${row.source}`))
    expect(examined.stdout).toMatch(/sysctl -w net.ipv4.ip_local_port_range=/)
    expect(examined.status).toBe(3)

    const refused = withPorts(1_000, ['run', ...args])
    expect(refused.stderr).toMatch(refusal)
    expect(refused.stdout).toBe('')
    expect(refused.status).toBe(3)
  })

  it('a scenario that fits exits 0', () => {
    const { status, stdout } = withPorts(1_000, ['doctor', 'smoke', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ fits: true, machine: { ephemeralPorts: 1_000 } })
    expect(status).toBe(0)
  })
})
