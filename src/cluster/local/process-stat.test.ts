import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { until } from '../readiness.js'
import { childrenOf, startTimeOf, titleOf, usageOf } from './process-stat.js'

/** Above all pids. */
const NO_PID = 2 ** 30

describe.runIf(process.platform === 'linux')('reading /proc', () => {
  test('the start time is constant, and differs from that of a later process', async () => {
    const own = startTimeOf(process.pid)
    expect(own).toMatch(/^\d+$/)
    const child = spawn('sleep', ['60'])
    expect(Number(startTimeOf(child.pid ?? NO_PID))).toBeGreaterThan(Number(own))
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(startTimeOf(process.pid)).toBe(own)
  })

  test('usage includes children', async () => {
    const shell = spawn('sh', ['-c', 'sleep 60 & sleep 60 & wait'])
    const pid = shell.pid ?? NO_PID
    expect(await until(async () => (await childrenOf(pid)).length === 2, 5_000)).toBe(true)
    const children = await childrenOf(pid)
    const [family, ...each] = await Promise.all([
      usageOf([pid]),
      ...children.map((child) => usageOf([child])),
    ])
    const ofChildren = each.reduce((sum, usage) => sum + (usage?.rssBytes ?? 0), 0)
    expect(ofChildren).toBeGreaterThan(0)
    expect(family?.rssBytes).toBeGreaterThan(ofChildren)
    for (const child of [pid, ...children]) process.kill(child, 'SIGKILL')
    await once(shell, 'exit')
  })

  test('CPU time agrees with process.cpuUsage', async () => {
    const usage = await usageOf([process.pid])
    const { user, system } = process.cpuUsage()
    expect(usage?.cpuMicros).toBeGreaterThan((user + system) * 0.8 - 50_000)
  })

  test('a process that does not exist has neither', async () => {
    expect([startTimeOf(NO_PID), await usageOf([NO_PID]), await titleOf(NO_PID)]).toEqual([null, null, ''])
  })
})
