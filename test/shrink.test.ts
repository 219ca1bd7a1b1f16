import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadScenario } from '../src/scenarios/load.js'
import { patience } from './support/miniature.js'
import { describeReal, start, temporary, until, wsbench } from './support/wsbench.js'

const scenario = `name: two-events
clients: { count: 20, connectRate: 500/s, reconnect: { base: 300ms, cap: 1s } }
cluster: { nodes: 2, balancer: { kind: nginx }, drain: { window: 500ms } }
traffic: [{ channel: { name: scores }, rate: 20/s }]
phases: { warmup: 200ms, measure: 2s, grace: 1s }
chaos:
  - { at: 200ms, event: balancer-reload }
  - { at: 400ms, event: node-drain }
gates: ['delivery.lost == 0', 'latency.p99 < 1m']
validity: ${patience}
`

describeReal('wsbench shrink', ['nginx', 'redis-server'], () => {
  const files = () => {
    const directory = temporary('shrink')
    const file = join(directory, 'two-events.yaml')
    writeFileSync(file, scenario)
    return { file, state: join(directory, 'state.json'), out: join(directory, 'small.yaml') }
  }

  it('runs the scenario; when it is stopped, it keeps what it learned and writes what it has', async () => {
    const { file, state, out } = files()
    const args = ['shrink', file, '--fails', 'delivery.lost == 0', '--state', state, '--out', out]
    const { child, finished } = start(args)
    const hasFailed = () => existsSync(state) && readFileSync(state, 'utf8').includes('"failed"')
    await until(() => hasFailed() || child.exitCode !== null, 'a run that fails', 110_000)
    child.kill('SIGINT')
    const { code, stdout, stderr, orphans } = await finished
    expect(code, stderr).toBe(130)
    expect(orphans).toEqual([])
    expect(stdout).toContain('Still fails delivery.lost == 0.')
    expect(stdout).toContain('stopped before all was tried')
    const small = loadScenario(out)
    expect(small.gates.map(({ gate }) => gate)).toEqual(['delivery.lost == 0'])
    expect(small.chaos.map(({ event }) => event)).toContain('node-drain')
  })

  it('refuses to choose between gates', async () => {
    const { file, out } = files()
    const { code, stderr } = await wsbench(['shrink', file])
    expect(code).toBe(2)
    expect(stderr).toContain('the scenario has 2 gates: which failure is to be kept?')
    expect(existsSync(out)).toBe(false)
  })
})
