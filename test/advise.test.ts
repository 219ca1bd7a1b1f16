import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { haproxyCases, nginxCases, type RuleCase } from '../src/advice/config/testing/cases.js'
import { assembleResult } from '../src/results/assemble/assemble.js'
import { sampleRecord } from '../src/results/testing/sample-record.js'
import { miniature } from './support/miniature.js'
import { describeReal, pathOf, temporary, wsbench } from './support/wsbench.js'

const files = (cases: Readonly<Record<string, RuleCase>>) =>
  Object.entries(cases).flatMap(([rule, { fires, quiet }]) => [
    { title: `${rule}, where it applies`, text: fires },
    { title: `${rule}, mended`, text: quiet },
  ])

describeReal('nginx accepts what the rules are about', ['nginx'], () => {
  it.each(files(nginxCases))('$title', ({ text }) => {
    const file = join(temporary('advise'), 'nginx.conf')
    writeFileSync(file, text)
    const { status, stderr } = spawnSync(
      pathOf('nginx')!,
      ['-t', '-e', 'stderr', '-g', 'pid /dev/null;', '-c', file],
      {
        encoding: 'utf8',
      },
    )
    expect(status, stderr).toBe(0)
  })
})

describeReal('HAProxy accepts what the rules are about', ['haproxy'], () => {
  it.each(files(haproxyCases))('$title', ({ text }) => {
    const file = join(temporary('advise'), 'haproxy.cfg')
    writeFileSync(file, text)
    const { status, stderr } = spawnSync(pathOf('haproxy')!, ['-c', '-f', file], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  })
})

describeReal('wsbench advise --config', ['nginx', 'haproxy'], () => {
  const advise = async (name: string, text: string, ...options: string[]) => {
    const file = join(temporary('advise'), name)
    writeFileSync(file, text)
    const { code, stdout, stderr } = await wsbench(['advise', '--config', file, ...options])
    return { code, stdout: stdout.replaceAll(file, name), stderr }
  }

  it('says what the program says, and what a rule explains only once', async () => {
    const { code, stdout, stderr } = await advise('haproxy.cfg', haproxyCases['cookie-needs-http']!.fires)
    expect(stderr).toBe('')
    expect(code).toBe(99)
    expect(stdout).toMatch(/^haproxy\.cfg {2}haproxy · 1 finding\n\nhaproxy\.cfg:17 {2}cookie-needs-http\n/)
    expect(stdout).not.toContain('ignoring cookie')
    const other = await advise(
      'haproxy.cfg',
      haproxyCases['no-check']!.quiet.replace(
        'default_backend',
        'option tcpka\n  timeout connect 1s\n  default_backend',
      ),
    )
    expect(other.stdout).toContain('timeout connect in frontend clients has no effect')
  })

  it('exits 0 where there is nothing to change', async () => {
    const { code, stdout } = await advise('nginx.conf', nginxCases['upgrade-headers']!.quiet)
    expect([code, stdout]).toEqual([0, 'nginx.conf  nginx · nothing to change\n'])
  })

  it('shows what nginx refuses, with its place', async () => {
    const text = nginxCases['upgrade-headers']!.quiet.replace(
      'listen 18099;',
      'listen 18099; no_such_thing on;',
    )
    const { code, stdout } = await advise('nginx.conf', text)
    expect(code).toBe(99)
    expect(stdout).toContain(
      'nginx.conf:11  error of the program itself\n  · unknown directive "no_such_thing"',
    )
  })

  it('reads a part of a configuration, and says that nginx did not check it', async () => {
    const { code, stdout } = await advise('chat', 'server { location /ws { proxy_pass http://a; } }')
    expect(code).toBe(99)
    expect(stdout).toContain('nginx -t was not run: it is a part of a configuration, without events')
    expect(stdout).toContain('chat:1  upgrade-headers')
  })

  it('escapes what stands in the file, and prints JSON', async () => {
    const text = 'server { location "/ws\u001b[31m" { proxy_pass http://a; } }'
    const { stdout } = await advise('chat', text)
    expect(stdout).toContain('/ws\\u{1b}[31m')
    const { stdout: json } = await advise('chat', text, '--json')
    expect(JSON.parse(json)).toMatchObject({ version: 1, kind: 'config-advice', program: 'nginx' })
    expect(json).not.toContain('\u001b')
  })

  it.each([
    ['a.txt', 'hello', /a\.txt is neither a configuration of nginx nor one of HAProxy/],
    ['a.conf', 'http { server {', /a\.conf:1: the block of server is not closed/],
  ])('refuses %s', async (name, text, message) => {
    const { code, stderr } = await advise(name, text)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})

describeReal('wsbench advise result.json', ['nginx', 'redis-server'], () => {
  /** The result of a drain that lost messages, and nothing else. */
  function savedDrain(): string {
    const result = structuredClone(assembleResult(sampleRecord()))
    Object.assign(result.scenario, { name: 'node-drain' })
    Object.assign(result.scenario.plan.clients.reconnect, { resume: true })
    Object.assign(result.connections.downtimeMicros, { p95: 1_000 })
    Object.assign(result.verdict, { outcome: 'fail' })
    for (const event of result.events) Object.assign(event, { lost: 7, peakReconnectsPerSecond: 1 })
    const file = join(temporary('advise'), 'result.json')
    writeFileSync(file, JSON.stringify(result))
    return file
  }

  it('says what to change, and proves it by runs with and without the change', async () => {
    const file = savedDrain()
    const { code, stdout } = await wsbench(['advise', file])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^node-drain {2}1 piece of advice\n\nhandover\n/)
    expect(stdout).toContain("--set 'cluster.drain.mode=handover'")
    const proven = await wsbench([
      ...['advise', file, '--prove', 'node-drain', '--repeat', '1', '--json', '--quiet'],
      ...miniature,
      ...['--set', 'chaos[0].at=1s'],
    ])
    expect(proven.stderr).toBe('')
    expect(JSON.parse(proven.stdout).proofs).toMatchObject([
      // One run of each can't tell.
      {
        advice: { name: 'handover' },
        outcome: 'inconclusive',
        verdict: { metric: 'delivery.lost' },
        problems: [],
      },
    ])
  })

  it('refuses to prove it by another scenario', async () => {
    const { code, stderr } = await wsbench(['advise', savedDrain(), '--prove', 'smoke'])
    expect(code).toBe(2)
    expect(stderr).toContain('the result is of "node-drain", not of "smoke"')
  })
})
