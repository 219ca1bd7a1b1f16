import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMachine } from '../../build/src/planning/read-machine.js'
import { memoryNow, memoryTaken, settledMemory } from './memory.mjs'

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))
const WATCH_MS = 500
const METRICS = '127.0.0.1:9464'
const MEMORY_EACH_MS = 30_000
/** Clients of a fan-out point: few, so that what differs between two rates is the deliveries. */
const FANOUT_CLIENTS = '10k'
/** One message to many, and many messages to few: 2,500 a second, each of a channel with a publisher and a ledger of its own. */
const memoryLoads = {
  fanout: ['clients.count=5k', 'traffic[0].rate=2/s'],
  publish: [
    'clients.count=2k',
    'traffic[0].channel.count=1000',
    'traffic[0].channel.members=2',
    'traffic[0].rate=2.5/s',
  ],
}
const idlePhases = ['phases.measure=20s', 'phases.warmup=5s']

/** `idle:<balancer>:<clients>`, `connect:<balancer>:<clients>` or `fanout:<balancer>:<rate>`. */
export async function measurePoint(id) {
  const [kind, balancer, level] = id.split(':')
  const settings = {
    idle: ['idle-300k', `clients.count=${level}`, ...idlePhases],
    connect: ['idle-300k', `clients.count=${level}`, ...idlePhases, 'clients.heartbeat.every=1h'],
    fanout: [
      'fanout-50k',
      `clients.count=${FANOUT_CLIENTS}`,
      `traffic[0].rate=${level}`,
      'phases.measure=30s',
      'phases.warmup=5s',
    ],
  }[kind]
  if (!settings)
    throw new Error(`${id}: expected idle|connect:<balancer>:<clients> or fanout:<balancer>:<rate>`)
  const [scenario, ...overrides] = settings
  const args = ['run', scenario, '--balancer', balancer, ...overrides.flatMap((one) => ['--set', one])]
  const { memory: before, waitedMs } = await settledMemory()
  const { result, peak } = await runWatched(args)
  return {
    ...whatRan(id, args, result),
    clients: result.scenario.plan.clients.count,
    open: result.connections.peak,
    failed: result.connections.failed,
    rampUpMs: result.connections.rampUpMs,
    durationSeconds: result.durationMs / 1000,
    heartbeats: result.connections.heartbeats,
    listenOverflows: result.generator.listenOverflows,
    measuredSeconds: result.scenario.plan.phases.measureMs / 1000,
    deliveriesMeasured: result.timeline
      .filter(({ tMs }) => tMs >= 0 && tMs < result.scenario.plan.phases.measureMs)
      .reduce((sum, { received }) => sum + received, 0),
    parts: partsOf(result),
    /** Taken from what was available before, at the worst moment; of it the kernel's slab, which holds the sockets. */
    memory: { ...memoryTaken(kind, before, peak), settledMs: waitedMs },
  }
}

/** `search:<balancer>:<from>..<to>`: the highest rate at which fanout-50k keeps its gates and stays valid. */
export async function measureSearch(id) {
  const [, balancer, ramp] = id.split(':')
  const args = [
    ...['run', 'fanout-50k', '--balancer', balancer],
    ...['--find-max', 'delivery.lost == 0', '--ramp', `rate=${ramp}`],
    ...['--set', 'phases.measure=30s', '--set', 'phases.warmup=5s'],
  ]
  const { result: search } = await runWatched(args)
  const { highestPassing, limitedBy, levels, gate } = search
  const [first] = levels.flatMap(({ result }) => (result ? [result] : []))
  return {
    id,
    command: `wsbench ${args.map((arg) => (/[ []/.test(arg) ? `'${arg}'` : arg)).join(' ')}`,
    measuredAt: first?.startedAt ?? null,
    machine: first ? machineOf(first) : null,
    gate,
    ramp: search.ramp,
    highestPassing,
    limitedBy,
    levels: levels.map(({ text, value, outcome, reasons, result }) => ({
      text,
      value,
      outcome,
      reasons,
      p99Micros: result?.latency.fromPlannedSend.p99 ?? null,
      busiestWorker: result
        ? Math.max(...result.generator.workers.map(({ cpuShareMax }) => cpuShareMax))
        : null,
    })),
  }
}

/** `memory:<balancer>:<minutes>[:publish]`: the workers' and the parent's resident memory every half minute of a long run. */
export async function measureMemory(id) {
  const [, balancer, minutes, load = 'fanout'] = id.split(':')
  const overrides = memoryLoads[load]
  if (!overrides) throw new Error(`${id}: expected memory:<balancer>:<minutes>[:publish]`)
  const args = [
    ...['run', 'fanout-50k', '--balancer', balancer, '--metrics', METRICS],
    ...[...overrides, `phases.measure=${minutes}m`].flatMap((one) => ['--set', one]),
  ]
  const series = []
  const { result } = await runWatched(args, {
    eachMs: MEMORY_EACH_MS,
    async look(pid) {
      // Before the run's first second, and after its last, nobody answers.
      const text = await fetch(`http://${METRICS}/metrics`).then(
        (answer) => answer.text(),
        () => null,
      )
      const parent = await residentBytes(pid)
      if (text === null || parent === null) return
      const workers = text.matchAll(/^wsbench_generator_resident_memory_bytes\{.*\} (\S+)$/gm)
      series.push({ workers: [...workers].reduce((sum, [, bytes]) => sum + Number(bytes), 0), parent })
    },
  })
  // From half a minute after the start on; what came after the end is left out.
  const kept = series.slice(0, Math.floor(result.scenario.plan.phases.measureMs / MEMORY_EACH_MS))
  return {
    ...whatRan(id, args, result),
    published: result.delivery.published.sent,
    deliveries: result.delivery.delivered,
    everySeconds: MEMORY_EACH_MS / 1000,
    rssBytes: kept.map(({ workers }) => workers),
    parentRssBytes: kept.map(({ parent }) => parent),
  }
}

function whatRan(id, args, result) {
  return {
    id,
    command: `wsbench ${args.join(' ')}`,
    measuredAt: result.startedAt,
    machine: machineOf(result),
    verdict: result.verdict,
  }
}

function machineOf({ environment: { cpu, cores, memoryBytes, descriptors, node, platform } }) {
  // The result doesn't tell, and it is this machine that it ran on.
  const { ephemeralPorts } = readMachine()
  return { cpu, cores, memoryBytes, descriptors, ephemeralPorts, node, platform }
}

/** Nodes together; everything else by its name. Processes are the plan's. */
function partsOf({ cluster, scenario: { plan } }) {
  const names = new Set(cluster.nodes)
  const sum = (parts) => ({
    rssBytes: parts.reduce((all, { rssBytes }) => all + rssBytes, 0),
    cpuMicros: parts.reduce((all, { cpuMicros }) => all + cpuMicros, 0),
    measuredCpuMicros: parts.reduce((all, { measuredCpuMicros }) => all + measuredCpuMicros, 0),
  })
  const { generator, balancer, broker } = cluster.peaks
  const nodes = Object.entries(cluster.peaks).flatMap(([part, peak]) => (names.has(part) ? [peak] : []))
  return {
    generator: { processes: plan.workers, ...sum([generator]) },
    balancer: { processes: plan.cluster.balancer.processes, ...sum([balancer]) },
    nodes: { processes: cluster.nodes.length, ...sum(nodes) },
    broker: { processes: 1, ...sum(broker ? [broker] : []) },
  }
}

/** Runs the CLI; what it wrote, and the worst of the machine's memory meanwhile. `look` gets its process, every so often. */
async function runWatched(args, { eachMs = WATCH_MS, look = async () => {} } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-scale-'))
  const json = join(directory, 'result.json')
  const peak = memoryNow()
  const child = spawn(process.execPath, [cli, ...args, '--quiet', '--out', `json=${json}`], {
    stdio: 'inherit',
  })
  const watches = [
    setInterval(() => {
      const now = memoryNow()
      peak.available = Math.min(peak.available, now.available)
      peak.slab = Math.max(peak.slab, now.slab)
    }, WATCH_MS),
    setInterval(() => look(child.pid), eachMs),
  ]
  try {
    await once(child, 'exit')
    return { result: JSON.parse(readFileSync(json, 'utf8')), peak }
  } finally {
    for (const watch of watches) clearInterval(watch)
    rmSync(directory, { recursive: true })
  }
}

/** Null: it is gone. */
async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes ? Number(kilobytes) * 1024 : null
}
