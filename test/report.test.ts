import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { reporters } from '../src/reporters/index.js'
import { seriesOf, startCollector } from '../src/telemetry/testing/otlp-collector.js'
import { patience, set } from './support/miniature.js'
import { cli, start, wsbench } from './support/wsbench.js'

const home = mkdtempSync(join(tmpdir(), 'wsbench-report-'))
afterAll(() => rmSync(home, { recursive: true }))

const kinds = Object.keys(reporters)
const small = set({
  'cluster.balancer.kind': 'embedded',
  'cluster.broker': 'embedded',
  'clients.count': 40,
  'phases.warmup': '500ms',
  'phases.measure': '4s',
  'phases.grace': '1s',
  'chaos[0].at': '1s',
  validity: patience,
})
const outs = (prefix: string) =>
  kinds.flatMap((kind) => ['--out', `${kind}=${join(home, `${prefix}.${kind}`)}`])
const read = (prefix: string, kind: string) => readFileSync(join(home, `${prefix}.${kind}`), 'utf8')

/** What the endpoint shows once `series` is there. It ends with the run. */
async function metricsWith(series: string, url: string): Promise<string> {
  for (;;) {
    const metrics = await (await fetch(url)).text()
    if (metrics.includes(series)) return metrics
    await setTimeout(50)
  }
}

describe('every report of a run', () => {
  it('is identical when made again from the saved result; metrics are exported during the run', async () => {
    const collector = await startCollector()
    const exporting = ['--metrics', '127.0.0.1:0', '--otlp', collector.url]
    const started = start(['run', 'smoke', ...small, ...outs('run'), ...exporting])
    const [, url = ''] = /metrics at (\S+)/.exec(await started.said('steady')) ?? []
    // The nodes report once a second.
    const metrics = await metricsWith('wsbench_connections{node="n1"}', url)
    expect(metrics).toMatch(/^wsbench_info\{scenario="smoke",.*\} 1$/m)
    expect(metrics).toMatch(/^wsbench_connections\{node="n1"\} \d+$/m)
    const { code, stdout, stderr, orphans } = await started.finished
    expect([code, orphans], stderr + stdout).toEqual([0, []])
    await expect(fetch(url)).rejects.toThrow()
    await collector.close()
    expect(stderr).not.toContain('--otlp')
    const { delivery, timeline } = JSON.parse(read('run', 'json'))
    const received = timeline.reduce((sum: number, second: { received: number }) => sum + second.received, 0)
    expect(received).toBeGreaterThanOrEqual(delivery.delivered)
    const exported = seriesOf(collector.exports.at(-1)!).get('wsbench_messages_received_total{}')
    expect(exported).toBeGreaterThanOrEqual(delivery.delivered)

    const again = await wsbench(['report', join(home, 'run.json'), ...outs('again')])
    expect(again, again.stderr).toMatchObject({ code: 0, stdout: '' })
    for (const kind of kinds) expect(read('again', kind), kind).toBe(read('run', kind))

    const shown = await wsbench(['report', join(home, 'run.json')])
    expect(shown.stdout).toBe(stdout)
    const one = await wsbench(['report', join(home, 'run.json'), '--out', 'github=-'])
    expect(one.stdout).toBe(read('run', 'github'))
  })

  it('a collector that does not exist is reported in one line', async () => {
    const { code, stderr } = await wsbench([
      'run',
      'smoke',
      ...small,
      '--quiet',
      '--otlp',
      'http://127.0.0.1:4',
    ])
    expect(stderr).toMatch(
      /^--otlp: (\d) of \1 pushes to http:\/\/127\.0\.0\.1:4\/v1\/metrics failed; the last: .*ECONNREFUSED/m,
    )
    expect(code).toBe(0)
  })

  it('one that does not fit on the disk is reported, and no part of it is left', async () => {
    const target = join(home, 'too-large.html')
    // 4 kB a file, which stands for a full disk.
    const report = `ulimit -S -f 4; exec node "${cli}" report "$1" --out html="$2"`
    const { status, stderr } = spawnSync('bash', ['-c', report, 'bash', join(home, 'run.json'), target], {
      encoding: 'utf8',
    })
    expect(stderr).toMatch(/^--out html=.*too-large\.html: EFBIG/)
    expect(status).toBe(2)
    expect(readdirSync(home).filter((name) => name.startsWith('too-large'))).toEqual([])
  })

  it('a damaged file is refused in a sentence', async () => {
    const file = join(home, 'damaged.json')
    const { timeline: _, ...rest } = JSON.parse(read('run', 'json'))
    writeFileSync(file, JSON.stringify(rest))
    const { code, stderr } = await wsbench(['report', file])
    expect(stderr).toMatch(/damaged\.json: timeline: .*not a result\.json of wsbench, version 1\n/)
    expect(code).toBe(2)
  })

  it('a run is compared with another: one against one is inconclusive, one not like it is refused', async () => {
    const file = join(home, 'run.json')
    const same = await wsbench(['gate', file, '--baseline', file])
    expect(same.stdout).toMatch(/^\? INCONCLUSIVE {2}smoke {2}1 run against 1 of the baseline$/m)
    expect(same.code).toBe(0)
    const strict = await wsbench(['gate', file, '--baseline', file, '--fail-on-inconclusive'])
    expect(strict.stdout).toMatch(/^✗ FAIL {2}smoke/m)
    expect(strict.code).toBe(99)

    const other = JSON.parse(read('run', 'json'))
    other.environment.host = 'elsewhere'
    other.latency.fromPlannedSend.p99 = 10 * other.latency.fromPlannedSend.p99 + 1_000_000
    const slow = join(home, 'slow.json')
    writeFileSync(slow, JSON.stringify(other))
    const refused = await wsbench(['gate', slow, '--baseline', file])
    expect(refused.stderr).toMatch(
      /can't be compared:\n {2}machine\.host: .*elsewhere\n {2}hint: .*--allow-different machine/,
    )
    expect(refused.code).toBe(2)
    const allowed = await wsbench([
      ...['gate', slow, slow, slow],
      ...[file, file, file].flatMap((path) => ['--baseline', path]),
      '--allow-different',
      'machine',
      '--json',
    ])
    const report = JSON.parse(allowed.stdout)
    expect(report.metrics.find(({ metric }: { metric: string }) => metric === 'latency.p99').outcome).toBe(
      'regression',
    )
    expect(allowed.code).toBe(99)
  })

  it('losses where five runs of the baseline had none are a regression', async () => {
    const run = JSON.parse(read('run', 'json'))
    const saved = (name: string, losses: readonly number[]) => {
      const runs = losses.map((lost) => ({ ...run, delivery: { ...run.delivery, lost } }))
      const cells = [{ name: 'one', runs, failures: [] }]
      const file = join(home, name)
      const tool = { name: 'wsbench', version: '0.1.0' }
      writeFileSync(
        file,
        JSON.stringify({ version: 1, kind: 'comparison', tool, matrix: null, isInterrupted: false, cells }),
      )
      return file
    }
    const baseline = saved('none-lost.json', [0, 0, 0, 0, 0])
    const candidate = saved('some-lost.json', [0, 0, 40, 0, 30])
    const { code, stdout } = await wsbench(['gate', candidate, '--baseline', baseline])
    expect(stdout).toMatch(/^✗ FAIL {2}smoke {2}5 runs against 5 of the baseline$/m)
    expect(stdout).toMatch(/✗ delivery\.lost: regression\n +0 → 70 in 5 runs each, limit 50\.0 % and 0\n/)
    expect(code).toBe(99)
  })
})

describe('a gate with abortOnFail', () => {
  it('ends the run, keeps what there is, and fails it', async () => {
    const gate = '{ gate: published.sent < 1 over 1s, abortOnFail: true, after: 1s }'
    const { code, result, orphans, leftovers } = await wsbench([
      ...['run', 'smoke', ...small, ...set({ 'phases.measure': '60s', chaos: '[]', 'gates[0]': gate })],
      ...set({ 'gates[1]': 'delivery.delivered > 0' }),
    ])
    expect(result?.verdict.outcome).toBe('fail')
    expect(result?.verdict.reasons[0]).toMatch(
      /^stopped after \d+\.\d s of 60 s measured by published\.sent < 1 over 1s: sent .* in \d+ s–\d+ s, limit 1$/,
    )
    expect(result?.delivery.delivered).toBeGreaterThan(0)
    expect(result!.durationMs).toBeLessThan(50_000)
    expect([code, orphans, leftovers]).toEqual([99, [], []])
  })
})
