import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { blocksOf } from './support/doc-blocks.js'
import { DocRunner } from './support/doc-runner.js'
import { patience } from './support/miniature.js'
import { root } from './support/wsbench.js'

interface Step {
  readonly name: string
  readonly uses?: string
  readonly shell?: string
  readonly env?: Record<string, string>
  readonly run?: string
}

const action = parse(readFileSync(join(root, 'action.yml'), 'utf8'), { strict: true }) as {
  readonly inputs: Record<string, { description: string; required?: boolean; default?: string }>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}
const home = mkdtempSync(join(tmpdir(), 'wsbench-action-'))
afterAll(() => rmSync(home, { recursive: true }))

const scenario = join(home, 'tiny.yaml')
writeFileSync(
  scenario,
  `name: tiny
cluster: { nodes: 1, balancer: { kind: embedded }, broker: embedded }
clients: { count: 10 }
traffic: [{ channel: { name: scores }, rate: 5/s }]
phases: { warmup: 200ms, measure: 2s, grace: 1s }
gates: [delivery.delivered > 0]
validity: ${patience}
`,
)

const [github, gitlab] = blocksOf('docs/ci.md')
  .filter(({ language }) => language === 'yaml')
  .map(({ text }) => parse(text, { strict: true }))
const documented: Record<string, string> = github.jobs.smoke.steps.find(({ uses }: Step) =>
  uses?.includes('/wsbench@'),
).with

interface GitlabJob {
  readonly script: readonly string[]
  readonly cache: { readonly paths: readonly string[] }
  readonly artifacts: {
    readonly paths: readonly string[]
    readonly reports: { readonly junit: readonly string[] }
  }
}

/** A step's script, as a runner would run it: inputs put in, then bash -eo pipefail. */
function runStep(name: string, inputs: Record<string, string>) {
  const step = action.runs.steps.find((candidate) => candidate.name === name)!
  const value = (key: string) => inputs[key] ?? action.inputs[key]?.default ?? ''
  const env = Object.fromEntries(
    Object.entries(step.env ?? {}).map(([variable, text]) => [
      variable,
      text.replaceAll(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, key: string) => value(key)),
    ]),
  )
  const summary = join(home, 'summary.md')
  writeFileSync(summary, '')
  return new Promise<{ code: number; stdout: string; stderr: string; summary: string }>((resolve) => {
    execFile(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run!],
      {
        cwd: home,
        env: { ...process.env, CI: '', ...env, GITHUB_ACTION_PATH: root, GITHUB_STEP_SUMMARY: summary },
      },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === 'number' ? error.code : 0,
          stdout,
          stderr,
          summary: readFileSync(summary, 'utf8'),
        }),
    )
  })
}

describe('action.yml', () => {
  it('is a composite action whose steps name only inputs that it has', () => {
    expect(action.runs.using).toBe('composite')
    const named = [...readFileSync(join(root, 'action.yml'), 'utf8').matchAll(/inputs\.([a-z-]+)/g)]
    expect(new Set(named.map(([, name]) => name))).toEqual(new Set(Object.keys(action.inputs)))
    for (const { run, shell, uses } of action.runs.steps) {
      expect(run ? shell === 'bash' : uses).toBeTruthy()
      // An input inside a script would be run, not read.
      expect(run ?? '').not.toContain('${{')
    }
  })

  it('runs a scenario, leaves its reports, and holds it against itself', async () => {
    const inputs = { scenario, set: 'clients.count=12\n', directory: 'out' }
    const ran = await runStep('Run', inputs)
    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    expect(ran.stdout).toMatch(/^::notice title=PASS tiny/m)
    expect(ran.summary).toMatch(/^## wsbench comparison/)
    const { cells } = JSON.parse(readFileSync(join(home, 'out/result.json'), 'utf8'))
    expect(cells[0].runs[0].scenario.plan.clients.count).toBe(12)
    expect(readFileSync(join(home, 'out/junit.xml'), 'utf8')).toContain('<testsuite ')

    const baseline = join(home, 'out/result.json')
    const held = await runStep('Baseline', { ...documented, ...inputs, baseline })
    expect(held, held.stderr).toMatchObject({ code: 0 })
    // One run against one: nothing is known of how they vary.
    expect(held.stdout).toMatch(/latency\.p99: inconclusive[\s\S]*delivery\.lostInFlight: unchanged/)
    expect(held.stdout).toMatch(/^::warning title=INCONCLUSIVE tiny.*::latency\.p99: inconclusive, /m)
    expect(held.summary).toMatch(/^## ❔ INCONCLUSIVE tiny[\s\S]*\| latency\.p99 \| inconclusive \|/)

    const once = JSON.parse(readFileSync(baseline, 'utf8'))
    const thrice = (run: unknown) =>
      JSON.stringify({ ...once, cells: [{ ...once.cells[0], runs: [run, run, run] }] })
    const better = join(home, 'better.json')
    writeFileSync(better, thrice(cells[0].runs[0]))
    writeFileSync(baseline, thrice(cells[0].runs[0]))
    const same = await runStep('Baseline', { ...documented, ...inputs, baseline: better })
    expect(same, same.stderr).toMatchObject({ code: 0 })
    expect(same.stdout).toMatch(/^::notice title=PASS tiny.*::2 of 2 metrics and gates passed$/m)

    const slower = once.cells[0].runs[0]
    slower.latency.fromPlannedSend.p99 += 60_000_000
    writeFileSync(baseline, thrice(slower))
    const regressed = await runStep('Baseline', { ...documented, ...inputs, baseline: better })
    expect(regressed, regressed.stderr).toMatchObject({ code: 99 })
    expect(regressed.stdout).toMatch(/^::error title=FAIL tiny.*::latency\.p99: regression, /m)
    expect(regressed.summary).toMatch(/\| ❌ \| latency\.p99 \| regression \|/)
    const junit = readFileSync(join(home, 'out/gate.xml'), 'utf8')
    expect(junit).toMatch(/<testcase [^>]*name="latency\.p99">\s*<failure message="regression, /)

    const refused = await runStep('Baseline', { ...inputs, baseline, 'max-regression': 'latncy.p99=1%' })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('did you mean latency.p99?')
  })

  it('fails with the exit code of what failed, its summary written', async () => {
    const failed = await runStep('Run', {
      scenario,
      set: 'gates[0]=delivery.delivered < 0',
      directory: 'bad',
    })
    expect(failed.code).toBe(99)
    expect(failed.stdout).toMatch(/^::error title=FAIL tiny.*::delivery\.delivered < 0: /m)
    expect(failed.summary).toContain('❌')
  })
})

describe('docs/ci.md', () => {
  it('has a workflow that uses inputs of the action, and gives those it needs', () => {
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(documented)))
    const required = Object.entries(action.inputs).filter(([, { required: isRequired }]) => isRequired)
    expect(Object.keys(documented)).toEqual(expect.arrayContaining(required.map(([name]) => name)))
  })

  it('keeps as the baseline what the workflow restores, from where the action left it', () => {
    const [, restore, ran, copy, save] = github.jobs.smoke.steps
    expect([restore.uses, save.uses]).toEqual(['actions/cache/restore@v4', 'actions/cache/save@v4'])
    expect(save.with.key.startsWith(restore.with['restore-keys'])).toBe(true)
    expect(new Set([restore.with.path, save.with.path, ran.with.baseline])).toEqual(
      new Set(['baseline.json']),
    )
    expect(copy.run).toBe(`cp ${action.inputs.directory!.default}/result.json baseline.json`)
  })

  it('has a GitLab job that runs, keeps its reports and, on the main branch, its baseline', async () => {
    const { script, artifacts, cache } = gitlab.smoke as GitlabJob
    const runner = new DocRunner()
    const directory = runner.page()
    const block = { page: 'docs/ci.md', line: 0, language: 'sh', settings: {} }
    try {
      const main = ['export CI_COMMIT_BRANCH=main CI_DEFAULT_BRANCH=main', ...script]
      await runner.run({ ...block, text: main.join('\n') }, directory)
      const reports = [...artifacts.paths, ...artifacts.reports.junit]
      const ofGate = ['gate.md', 'gate.xml']
      const ofRun = reports.filter((name) => !ofGate.includes(name))
      expect(readdirSync(directory).sort()).toEqual([...ofRun, ...cache.paths].sort())
      const [, ...held] = script
      const request = ['export CI_COMMIT_BRANCH= CI_DEFAULT_BRANCH=main', ...held]
      await runner.run(
        { ...block, text: `(${request.join('\n')}) > kept.txt\ngrep -qE 'PASS|INCONCLUSIVE' kept.txt` },
        directory,
      )
      expect(readdirSync(directory)).toEqual(expect.arrayContaining([...reports, ...ofGate]))
    } finally {
      runner.dispose()
    }
  })
})
