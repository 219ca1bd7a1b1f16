import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { packageRoot } from '../../base/package-info.js'
import { findBinary } from '../binaries.js'
import { until } from '../readiness.js'
import { childrenOf } from './process-stat.js'

const nginx = findBinary('nginx')
const redis = findBinary('redis-server')

/** A parent that starts real servers through the launcher, prints their pids, and waits to be killed. */
const parentScript = `
  import { createServer } from 'node:http'
  const cluster = (file) => import('${join(packageRoot, 'build/src/cluster')}/' + file)
  const { openLauncher } = await cluster('local/run-launcher.js')
  const { startBroker } = await cluster('local/broker.js')
  const { drawLoopbackHost } = await cluster('local/loopback.js')
  const { nginx } = await cluster('balancers/nginx.js')
  const { balancerSettings } = await cluster('balancers/settings.js')
  const { childrenOf } = await cluster('local/process-stat.js')
  const { roundRobin } = await cluster('affinity/round-robin.js')
  const node = createServer((request, response) => response.end()).listen(0, '127.0.0.1')
  const launcher = await openLauncher(() => {})
  const host = await drawLoopbackHost()
  const broker = await startBroker(
    { kind: 'redis', isEmbedded: false, binary: '${redis}' },
    { launcher, host, descriptors: 1024, port: 0 },
  )
  await nginx.start({
    launcher, host, binary: '${nginx}', strategy: roundRobin, processes: 2, descriptors: 1024, maxNodes: 1, tls: null,
    drainState: 'maint', settings: balancerSettings.parse({}), sources: [],
    nodes: [{ id: 'n1', slot: 0, host: '127.0.0.1', port: node.address().port }],
  })
  const sleeper = launcher.launch({ part: 'n1', command: '/bin/sh', args: ['-c', 'trap "" TERM; sleep 300 & wait'] })
  const pids = [broker.launched.pid, sleeper.pid, ...(await childrenOf(process.pid))]
  console.log(JSON.stringify({ directory: launcher.directory, pids }))
`

const canRun = (nginx !== null && redis !== null) || Boolean(process.env.CI)
if (!canRun) console.warn('SKIPPED: nginx or redis-server is not installed, the warden is not tested')

test.skipIf(!canRun)('when the parent is killed, no process and no directory is left', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(parent.stdout), 'line')
  const { directory, pids }: { directory: string; pids: number[] } = JSON.parse(line)
  const families = [...pids, ...(await Promise.all(pids.map(childrenOf))).flat()]
  expect(families.filter(isAlive)).toEqual(families)
  expect(existsSync(directory)).toBe(true)

  parent.kill('SIGKILL')
  expect(await until(() => !existsSync(directory) && !families.some(isAlive), 10_000)).toBe(true)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
