#!/usr/bin/env node
// `wsbench` as the commands of the docs find it on their PATH (test/docs.test.ts): the built one, its runs made small by
// options put behind those of the page, so that they win. WSBENCH_DOCS_SCALE=full leaves them as they are.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadScenario } from '../../build/src/scenarios/load.js'

const CLIENTS = 60
const EVENT_EVERY_MS = 1_200
const AFTER_MS = 1_500
/** What a node needs to start, and a balancer to find it, where four runs share two cores. */
const STARTS_NODE_MS = 4_000
const startsNode = ['scale-out', 'node-restart', 'rolling-deploy']
const LONGEST_MS = 1_000

const given = process.argv.slice(2)
const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))
const child = spawn(process.execPath, [cli, ...given, ...scaleOf(given)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})

function scaleOf([command, ...rest]) {
  if (process.env.WSBENCH_DOCS_SCALE === 'full') return []
  if (command === 'selftest') return ['--quick']
  if ((command !== 'run' && command !== 'compare') || rest.includes('--dry-run')) return []
  const scenario = scenarioAmong(rest)
  return scenario === null ? [] : settingsFor(scenario).flatMap((setting) => ['--set', setting])
}

/** The first argument that is a scenario, as the page's own --set leave it. */
function scenarioAmong(rest) {
  const sets = rest.flatMap((word, index) => (rest[index - 1] === '--set' ? [word] : []))
  for (const word of rest.filter((candidate) => !candidate.startsWith('-'))) {
    try {
      return loadScenario(word, sets)
    } catch {
      // An option's value, or a scenario that is meant to be wrong.
    }
  }
  return null
}

function settingsFor({ clients, traffic, chaos, cluster, target }) {
  const count = Math.min(CLIENTS, clients.count)
  const lastsMs = chaos.some(({ event }) => startsNode.includes(event)) ? STARTS_NODE_MS : AFTER_MS
  const order = chaos.map(({ at }) => at).toSorted((one, other) => one - other)
  return [
    `clients.count=${count}`,
    'clients.connectRate=500/s',
    'clients.reconnect.base=100ms',
    'clients.reconnect.cap=500ms',
    ...(clients.addresses ? [`clients.addresses.gateways=${Math.min(8, clients.addresses.gateways)}`] : []),
    ...(!target && cluster.drain.window > LONGEST_MS ? ['cluster.drain.window=1s'] : []),
    ...traffic.flatMap(({ channel, publishers, rate }, index) => [
      `traffic[${index}].channel.members=${channel.members === 'all' ? 'all' : Math.min(count, channel.members)}`,
      `traffic[${index}].channel.count=${Math.min(5, channel.count)}`,
      `traffic[${index}].publishers=${Math.min(2, publishers)}`,
      `traffic[${index}].rate=${Math.min(20, Math.max(10, rate))}/s`,
    ]),
    'phases.warmup=300ms',
    `phases.measure=${chaos.length * EVENT_EVERY_MS + lastsMs}ms`,
    'phases.grace=1s',
    ...chaos.flatMap((event, index) => [
      `chaos[${index}].at=${order.indexOf(event.at) * EVENT_EVERY_MS + 500}ms`,
      ...Object.entries(event)
        .filter(([name, value]) => ['for', 'every', 'offline', 'pause'].includes(name) && value > LONGEST_MS)
        .map(([name]) => `chaos[${index}].${name}=${name === 'offline' ? 300 : LONGEST_MS}ms`),
    ]),
    // The machine that checks the docs may be busy with anything.
    'validity.eventLoopLag=10s',
    'validity.sendDelay=10s',
    'validity.overruns=100%',
    'validity.workerCpu=100%',
    'validity.pause=60s',
    'validity.listenOverflows=1M',
  ]
}
