import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageRoot } from '../../base/package-info.js'
import { loadScenario } from '../../scenarios/load.js'
import { balancers } from '../balancers/index.js'
import { brokerPrograms } from '../local/brokers/index.js'
import { smallPlan } from '../testing/plan.js'
import { plainFiles } from './plain-file.js'
import { runFile } from './run-file.js'

type Services = Record<string, Record<string, unknown>>

const files = plainFiles()
const { services }: { services: Services } = parse(files['docker-compose.yml']!)
const { wsbench, ...parts } = services

function stored(path: string): string {
  return readFileSync(join(packageRoot, path), 'utf8')
}

describe.each(Object.keys(files))('%s', (path) => {
  it('is up to date (otherwise run: npm run build)', () => {
    expect(stored(path)).toBe(files[path])
  })
})

/** It checks a file without an engine. */
const hasCompose = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0
if (!hasCompose)
  console.warn('SKIPPED: docker has no compose here, its own check of docker-compose.yml does not run')

/** Debian's docker-compose of 2021, which needs no plugin. */
const hasOldCompose = spawnSync('docker-compose', ['version'], { stdio: 'ignore' }).status === 0
if (!hasOldCompose)
  console.warn('SKIPPED: no docker-compose of Debian here, its own check of the Compose files does not run')

/** Without the three settings that are newer than it. */
function asOf2021(text: string): string {
  const { name, ...file } = parse(text, (key, value) => (newer.has(key) ? undefined : value))
  return JSON.stringify(file)
}
const newer = new Set<unknown>(['start_interval', 'required'])

function complaintsOfOldCompose(text: string): string {
  const args = ['--project-directory', packageRoot, '--file', '-', 'config', '--quiet']
  const { status, stderr } = spawnSync('docker-compose', args, { input: asOf2021(text), encoding: 'utf8' })
  return status === 0 ? '' : stderr
}

describe('docker-compose.yml', () => {
  it.skipIf(!hasOldCompose)('is valid according to docker-compose', () => {
    expect(complaintsOfOldCompose(files['docker-compose.yml']!)).toBe('')
    expect(complaintsOfOldCompose(files['docker-compose.yml']!.replace('ports:', 'prots:'))).toContain(
      'prots',
    )
  })

  it.skipIf(!hasCompose)('is valid according to docker compose', () => {
    const args = ['compose', '--profile', '*', 'config', '--quiet']
    const { status, stderr } = spawnSync('docker', args, { cwd: packageRoot, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('has all balancers and brokers with an image', () => {
    const kinds = Object.entries(balancers).flatMap(([kind, { container }]) => (container ? [kind] : []))
    expect(Object.keys(parts).sort()).toEqual(
      [...kinds, ...Object.keys(brokerPrograms), 'n1', 'n2', 'n3'].sort(),
    )
    expect(services.nginx?.profiles).toEqual(['nginx'])
  })

  it.each(Object.entries(services))(
    '%s: has a version and limits, and ports on loopback only',
    (_, service) => {
      expect(service.image).toMatch(/^[a-z]+:\d+\.\d+/)
      expect(service.ulimits).toEqual({ nofile: 65_536 })
      expect(service.sysctls).toEqual({
        'net.core.somaxconn': 65_535,
        'net.ipv4.ip_local_port_range': '10000 65535',
      })
      for (const port of (service.ports ?? []) as string[]) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    },
  )

  it.each(Object.entries(parts))('%s: has a health check', (_, part) => {
    expect(part.healthcheck).toMatchObject({ test: expect.arrayContaining(['CMD']) })
  })

  it('lets the environment change the configuration of nodes', () => {
    const { environment } = services.n1 as { environment: { WSBENCH_NODE: string } }
    expect(JSON.parse(environment.WSBENCH_NODE)).toMatchObject({
      id: 'n1',
      bridge: `\${WSBENCH_BRIDGE:-redis-pubsub}`,
      brokerUrl: `\${WSBENCH_BROKER_URL:-redis://redis:6379}`,
    })
  })

  it('runs wsbench with a valid scenario', () => {
    expect(wsbench?.command).toEqual(['run', '/etc/wsbench/scenario.yaml'])
    const scenario = loadScenario(join(packageRoot, 'reference-cluster/compose/scenario.yaml'))
    expect(scenario.target?.url).toMatch(/^ws:\/\/balancer:8080\//)
  })
})

describe('the file of a run', () => {
  const place = { subnet: '10.1.2', configDirectory: '/tmp/a $b/config', buildContext: '/opt/$HOME' }
  const publish = (kind: string, spec: { readonly ports: readonly number[] }) => ({
    kind,
    spec: spec as never,
    ports: Object.fromEntries(spec.ports.map((port) => [port, port + 20_000])),
  })
  const text = runFile({
    project: 'wsbench-1',
    plan: { ...smallPlan('nginx'), driver: 'compose' },
    place,
    balancer: publish('nginx', balancers.nginx.container!.spec(false)),
    broker: publish('redis', brokerPrograms.redis.container.spec),
  })
  const run: { services: Services } = parse(text)

  it('has the services of docker-compose.yml, except addresses and dependencies', () => {
    const ownOf = (service: Record<string, unknown> = {}) => {
      const {
        ports,
        volumes,
        networks,
        environment,
        build,
        profiles,
        depends_on,
        stop_grace_period,
        ...own
      } = service
      return own
    }
    expect(Object.keys(run.services)).toEqual(['nginx', 'redis', 'n1', 'n2', 'n3'])
    for (const [name, service] of Object.entries(run.services)) {
      expect(ownOf(service), name).toEqual(ownOf(services[name]))
      expect(service).not.toHaveProperty('profiles')
      expect(service).not.toHaveProperty('depends_on')
    }
  })

  it.skipIf(!hasOldCompose)('is valid according to docker-compose', () => {
    // It checks whether the build context exists.
    expect(complaintsOfOldCompose(text.replaceAll('/opt/$$HOME', packageRoot))).toBe('')
  })

  it('has nothing for compose to fill in', () => {
    expect(text.replaceAll('$$', '')).not.toContain('$')
    expect(run.services.n1?.build).toMatchObject({ context: '/opt/$$HOME' })
    expect(run.services.nginx?.volumes).toMatchObject([{ source: '/tmp/a $$b/config' }])
  })
})
