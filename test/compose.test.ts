import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeDocker, installFakeDocker } from '../src/cluster/testing/fake-docker.js'
import { miniature, set } from './support/miniature.js'
import { barePath, describeReal, start, until, wsbench } from './support/wsbench.js'

let sandbox: string
let docker: FakeDocker

beforeEach(() => {
  sandbox = mkdtempSync(join(tmpdir(), 'wsbench-docker-'))
  docker = installFakeDocker(sandbox)
})

afterEach(() => rmSync(sandbox, { recursive: true }))

/** No docker engine is needed: its containers are processes of this machine (test/fixtures/fake-docker.mjs). */
function withFakeDocker(): NodeJS.ProcessEnv {
  return { PATH: [docker.path, process.env.PATH].join(delimiter), FAKE_DOCKER: docker.home }
}

/** What is left of containers, besides the record of the calls. */
function containers(): string[] {
  return readdirSync(docker.home).filter((name) => name !== 'argv.jsonl')
}

function isAsked(command: string): boolean {
  return existsSync(join(docker.home, 'argv.jsonl')) && docker.calls().includes(command)
}

const composed = ['run', 'smoke', '--driver', 'compose', ...miniature]

describeReal('wsbench run --driver compose', ['nginx', 'redis-server'], () => {
  it('runs a scenario as it would elsewhere, and says what on', async () => {
    const events = set({ 'phases.measure': '8s', 'chaos[0].at': '2s' })
    const { code, result, stdout, orphans, leftovers } = await wsbench(
      [...composed, ...events, '--full'],
      withFakeDocker(),
    )
    expect(result?.verdict).toEqual({ outcome: 'pass', reasons: [], attributedTo: [] })
    expect(result?.cluster).toMatchObject({
      driver: 'compose',
      balancer: { kind: 'nginx', isEmbedded: false },
    })
    expect(result?.delivery.byCause).toHaveProperty('node-kill#1')
    expect(result?.events).toMatchObject([{ id: 'node-kill#1', failure: null }])
    expect(stdout).toMatch(/All clients come from 127\.0\.0\.1/)
    expect(code).toBe(0)
    expect([...orphans, ...leftovers, ...containers()]).toEqual([])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)('%s in the middle: no container is left', async (signal, code) => {
    const started = start([...composed, ...set({ 'phases.measure': '60s' })], withFakeDocker())
    await started.said('steady')
    started.child.kill(signal)
    const finished = await started.finished
    expect(finished.code).toBe(code)
    await until(() => containers().length === 0, 'containers to be gone', 20_000)
    await until(() => started.processes().size === 0, 'processes to be gone', 20_000)
    expect(docker.calls()).toContain('down --volumes --remove-orphans --timeout 0')
  })
})

describe('set-up of a cluster of containers that fails', () => {
  it('Ctrl-C while an image is built: exit 130 at once, nothing left', async () => {
    const started = start(composed, { ...withFakeDocker(), FAKE_DOCKER_TROUBLE: 'slow build' })
    await until(() => isAsked('build n1'), 'the build')
    started.child.kill('SIGINT')
    const { code, stderr, orphans, leftovers } = await started.finished
    expect(code).toBe(130)
    expect(stderr).toMatch(/interrupted before the cluster was up/)
    expect([...orphans, ...leftovers]).toEqual([])
  })

  it('no docker on PATH: exit 3 names it', async () => {
    const { code, stderr, orphans, leftovers } = await wsbench(composed, { PATH: barePath() })
    expect(code).toBe(3)
    expect(stderr).toMatch(/docker, which is not installed/)
    expect([...orphans, ...leftovers]).toEqual([])
  })

  it('no engine: exit 3 says so', async () => {
    const { code, stderr, orphans, leftovers } = await wsbench(composed, {
      ...withFakeDocker(),
      FAKE_DOCKER_TROUBLE: 'no engine',
    })
    expect(code).toBe(3)
    expect(stderr).toMatch(/engine can't be reached: Cannot connect to the Docker daemon/)
    expect([...orphans, ...leftovers]).toEqual([])
  })
})
