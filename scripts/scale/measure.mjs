import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))
const WATCH_MS = 500
const METRICS = '127.0.0.1:9464'
const MEMORY_EACH_MS = 30_000
/** Clients of a fan-out point: few, so that what differs between two rates is the deliveries. */
const FANOUT_CLIENTS = '10k'
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
  const before = memoryNow()
  const { result, peak } = await runWatched(args)
  return {
    ...whatRan(id, args, result),
    clients: result.scenario.plan.clients.count,
    open: result.connections.peak,
    failed: result.connections.failed,
    openedInMs: result.connections.openedInMs,
    durationSeconds: result.durationMs / 1000,
    heartbeats: result.connections.heartbeats,
    listenOverflows: result.generator.listenOverflows,
    measuredSeconds: result.scenario.plan.phases.measureMs / 1000,
    deliveriesMeasured: result.timeline
      .filter(({ tMs }) => tMs >= 0 && tMs < result.scenario.plan.phases.measureMs)
      .reduce((sum, { received }) => sum + received, 0),
    parts: partsOf(result),
    /** Taken from what was available before, at the worst moment; of it the kernel's slab, which holds the sockets. */
    memory: { all: before.available - peak.available, slab: peak.slab - before.slab },
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
  const { held, gaveOut, levels, gate } = search
  const [first] = levels.flatMap(({ result }) => (result ? [result] : []))
  return {
    id,
    command: `wsbench ${args.map((arg) => (/[ []/.test(arg) ? `'${arg}'` : arg)).join(' ')}`,
    measuredAt: first?.startedAt ?? null,
    machine: first ? machineOf(first) : null,
    gate,
    ramp: search.ramp,
    held,
    gaveOut,
    levels: levels.map(({ text, value, outcome, reasons, result }) => ({
      text,
      value,
      outcome,
      reasons,
      p99Micros: result?.latency.intended.p99 ?? null,
      busiestWorker: result
        ? Math.max(...result.generator.workers.map(({ cpuShareMax }) => cpuShareMax))
        : null,
    })),
  }
}

/** `memory:<balancer>:<minutes>`: the generator's resident memory every half minute of a long run. */
export async function measureMemory(id) {
  const [, balancer, minutes] = id.split(':')
  const args = [
    ...['run', 'fanout-50k', '--balancer', balancer, '--metrics', METRICS],
    ...['clients.count=5k', 'traffic[0].rate=2/s', `phases.measure=${minutes}m`].flatMap((one) => [
      '--set',
      one,
    ]),
  ]
  const series = []
  const watch = setInterval(async () => {
    // Before the run's first second, and after its last, nobody answers.
    const answer = await fetch(`http://${METRICS}/metrics`).catch(() => null)
    if (answer === null) return
    const workers = (await answer.text()).matchAll(/^wsbench_generator_resident_memory_bytes\{.*\} (\S+)$/gm)
    series.push([...workers].reduce((sum, [, bytes]) => sum + Number(bytes), 0))
  }, MEMORY_EACH_MS)
  try {
    const { result } = await runWatched(args)
    const { measureMs } = result.scenario.plan.phases
    return {
      ...whatRan(id, args, result),
      deliveries: result.delivery.delivered,
      everySeconds: MEMORY_EACH_MS / 1000,
      /** From half a minute after the start on; what came after the end is left out. */
      rssBytes: series.slice(0, Math.floor(measureMs / MEMORY_EACH_MS)),
    }
  } finally {
    clearInterval(watch)
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
  return { cpu, cores, memoryBytes, descriptors, node, platform }
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

/** Runs the CLI; what it wrote, and the worst of the machine's memory meanwhile. */
async function runWatched(args) {
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-scale-'))
  const json = join(directory, 'result.json')
  const peak = memoryNow()
  const watch = setInterval(() => {
    const now = memoryNow()
    peak.available = Math.min(peak.available, now.available)
    peak.slab = Math.max(peak.slab, now.slab)
  }, WATCH_MS)
  try {
    const child = spawn(process.execPath, [cli, ...args, '--quiet', '--out', `json=${json}`], {
      stdio: 'inherit',
    })
    await once(child, 'exit')
    return { result: JSON.parse(readFileSync(json, 'utf8')), peak }
  } finally {
    clearInterval(watch)
    rmSync(directory, { recursive: true })
  }
}

function memoryNow() {
  const text = readFileSync('/proc/meminfo', 'utf8')
  const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024
  return { available: bytes('MemAvailable'), slab: bytes('Slab') }
}
