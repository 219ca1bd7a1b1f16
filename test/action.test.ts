import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
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
    const limits = 'latency.p99=10%\ndelivery.lost=0\n'
    const held = await runStep('Baseline', { ...inputs, baseline, 'max-regression': limits })
    expect(held, held.stderr).toMatchObject({ code: 0 })
    expect(held.summary).toMatch(/latency\.p99: noise[\s\S]*delivery\.lost: noise/)

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
  const page = readFileSync(join(root, 'docs/ci.md'), 'utf8')
  const [github, gitlab] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) =>
    parse(text!, { strict: true }),
  )

  it('has a workflow that uses inputs of the action, and gives those it needs', () => {
    const steps = github.jobs.smoke.steps as { uses: string; with: Record<string, string> }[]
    const inputs = steps.find(({ uses }) => uses.includes('/wsbench@'))!.with
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)))
    const required = Object.entries(action.inputs).filter(([, { required: isRequired }]) => isRequired)
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(required.map(([name]) => name)))
  })

  it('has a GitLab job that keeps the reports it writes', () => {
    const { script, artifacts } = gitlab.smoke as {
      script: string[]
      artifacts: { paths: string[]; reports: { junit: string } }
    }
    const written = [...script.join(' ').matchAll(/--out [a-z]+=(\S+)/g)].map(([, path]) => path!)
    expect([...artifacts.paths, artifacts.reports.junit].sort()).toEqual(written.sort())
  })
})
