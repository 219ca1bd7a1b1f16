import { fleetTable } from './fleet.mjs'
import {
  connectingMicros,
  costOfClient,
  costOfDelivery,
  idleMicros,
  idlePoints,
  intercept,
  memoryOfClient,
  partNames,
  slope,
} from './model.mjs'

/** docs/scale.md, all of its figures from the saved points. */
export function renderPage({ points, searches, memories }) {
  const balancers = [...new Set(points.map(({ id }) => id.split(':')[1]))]
  const sections = [
    head(points),
    ...balancers.map((balancer) => idleSection(points, balancer)),
    costSection(points, balancers),
    checkSection(points),
    searchSection(searches),
    ...memories.map(memorySection),
    fleetSection(points),
    notHeld(points),
  ]
  return `${sections.filter(Boolean).join('\n\n')}\n`
}

function head(points) {
  const [machine] = points.map((point) => point.machine)
  const where = machine
    ? `${machine.cores} cores of ${machine.cpu}, ${gigabytes(machine.memoryBytes)}, ${count(machine.descriptors)} open files a process, Node ${machine.node.replace('v', '')}`
    : 'nothing is measured yet'
  return `# Scale: what a client and a delivery cost

Written by \`scripts/scale.mjs\` from measured points, never by hand; the points are in [scale.json](scale.json). Machine: ${where}.
Generator, balancer, nodes and broker share it, and each process of ours is one of many on few cores: a figure of CPU is what it
used, not what it waited for. Memory of a part is the sum of its processes' resident sets at their worst; what processes share
is counted in each, so the machine's own figure, "all", is the one to plan by.`
}

/** The generator, the balancer and the nodes; the broker's load does not grow with the clients. */
const busyParts = partNames.slice(0, 3)

function idleSection(points, balancer) {
  const idle = idlePoints(points, balancer)
  if (idle.length === 0) return ''
  const rows = idle.map((point) => [
    count(point.clients),
    count(point.open),
    seconds(point.openedInMs),
    ...busyParts.map((part) => `${megabytes(point.parts[part].rssBytes)} (${point.parts[part].processes})`),
    megabytes(point.memory.slab),
    megabytes(point.memory.all),
    ...busyParts.map((part) =>
      orNothing(connectingMicros(points, point, part), (all) => count(all / point.clients)),
    ),
    ...busyParts.map((part) => percent(idleMicros(point, part) / 1e6)),
  ])
  return `## Idle clients through ${balancer}

\`idle-300k\` with fewer clients, connecting at its 1,000 a second, then ${idle[0].measuredSeconds} s measured; a heartbeat of each client every two
minutes. Memory with the number of processes. Idle: CPU while measured, of one core. µs a connect: from a second run, next to
without heartbeats, all CPU but what its idle seconds cost, the start of the processes included.

| clients | open at once | all in | generator | balancer | nodes | kernel slab | all | µs a connect: generator | balancer | nodes | idle: generator | balancer | nodes |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

${growth(points, idle)}`
}

/** How a part grew from point to point, over how the clients did: 1.00 is in proportion. */
function growth(points, idle) {
  const pairs = idle.slice(1).map((point, index) => [idle[index], point])
  if (pairs.length > 1) pairs.push([idle[0], idle.at(-1)])
  const steps = pairs.map(([before, point]) => {
    const clients = point.clients / before.clients
    const over = (read) =>
      orNothing(read(before) && read(point) / read(before) / clients, (times) => times.toFixed(2))
    return [
      `${count(before.clients)} → ${count(point.clients)}`,
      ...busyParts.map((part) => over(({ parts }) => parts[part].rssBytes)),
      over(({ memory }) => memory.all),
      ...busyParts.map((part) => over((one) => connectingMicros(points, one, part))),
      ...busyParts.map((part) => over((one) => idleMicros(one, part))),
    ]
  })
  if (steps.length === 0) return ''
  return `Growth against the clients' own (1.00: in proportion; at most that, twice the clients take at most twice as much). The last
row is from end to end. A worker costs a little each second whatever it holds, and twice the clients need twice the workers for twice
as long to connect: that is why connecting is told apart from idling.

| step | memory: generator | balancer | nodes | all | connecting: generator | balancer | nodes | idle: generator | balancer | nodes |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${steps.map((step) => `| ${step.join(' | ')} |`).join('\n')}`
}

function costSection(points, balancers) {
  const rows = balancers.flatMap((balancer) =>
    busyParts.flatMap((part) => {
      const client = costOfClient(points, balancer, part)
      const delivery = costOfDelivery(points, balancer, part)
      if (!client && delivery === null) return []
      const name = part === 'balancer' ? balancer : `${part}, behind ${balancer}`
      return [
        [
          name,
          client ? kilobytes(client.bytes) : '',
          orNothing(client?.connectMicros, micros),
          client ? micros(client.idleMicrosPerSecond) : '',
          delivery === null ? '' : micros(delivery),
        ],
      ]
    }),
  )
  const totals = balancers.flatMap((balancer) => {
    const memory = memoryOfClient(points, balancer)
    return memory
      ? [
          `Behind ${balancer} a client takes ${kilobytes(memory.all)} of the machine, ${kilobytes(memory.slab)} of it in the kernel's slab.`,
        ]
      : []
  })
  return `## The cost model

Slopes over the points above: what one client more, or one delivery more, costs. An idle second is 1/120 of a heartbeat and its
answer. A delivery: what fan-outs to 10,000 clients at different rates differ by. The broker has one copy a node to carry,
however many clients there are, and is left out.

| part | memory per client | CPU per connect | CPU per client and idle second | CPU per delivery |
| --- | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

${totals.join(' ')}`
}

/** The largest run against what the smaller ones foretell. */
function checkSection(points) {
  const idle = idlePoints(points, 'nginx')
  if (idle.length < 4) return ''
  const largest = idle.at(-1)
  const smaller = idle.slice(0, -1)
  const foretold = (read) => {
    const pairs = smaller.flatMap((point) => (read(point) === null ? [] : [[point.clients, read(point)]]))
    return intercept(pairs) + slope(pairs) * largest.clients
  }
  const figures = [
    ['generator memory', ({ parts }) => parts.generator.rssBytes, megabytes],
    ['nginx memory', ({ parts }) => parts.balancer.rssBytes, megabytes],
    ['nodes memory', ({ parts }) => parts.nodes.rssBytes, megabytes],
    ['all memory', ({ memory }) => memory.all, megabytes],
    ...busyParts.flatMap((part) => [
      [`${part}, connecting`, (point) => connectingMicros(points, point, part), cpuSeconds],
      [`${part}, an idle second`, (point) => idleMicros(point, part), milliseconds],
    ]),
  ]
  const rows = figures.map(([name, read, format]) => {
    const [guess, seen] = [foretold(read), read(largest)]
    return `| ${name} | ${format(guess)} | ${format(seen)} | ${(seen / guess).toFixed(2)} |`
  })
  return `### Checked against the largest run

What the points below ${count(largest.clients)} clients foretell for it, and what it took.

| figure | foretold | measured | measured / foretold |
| --- | ---: | ---: | ---: |
${rows.join('\n')}`
}

function searchSection(searches) {
  if (searches.length === 0) return ''
  const blocks = searches.map(({ id, command, held, gaveOut, levels, gate }) => {
    const rows = levels
      .toSorted((one, other) => one.value - other.value)
      .map(
        ({ text, outcome, p99Micros, busiestWorker, reasons }) =>
          `| ${text} | ${outcome} | ${p99Micros === null ? '' : seconds(p99Micros / 1000)} | ${busiestWorker === null ? '' : share(busiestWorker)} | ${reasons[0] ?? ''} |`,
      )
    const end = gaveOut
      ? `At ${gaveOut.text} ${gaveOut.by === 'gate' ? 'a gate' : `the ${gaveOut.by}`} gave out.`
      : 'Nothing gave out below the end of the ramp.'
    return `**${id.split(':')[1]}**: ${held ? `**${held.text}**` : 'no rate'} with ${gate} and a valid verdict. ${end}

\`${command}\`

| rate | outcome | p99 | busiest worker | why |
| ---: | --- | ---: | ---: | --- |
${rows.join('\n')}`
  })
  return `## The highest rate that fanout-50k sustains

Each message goes to 50,000 clients. Every level is one run.

${blocks.join('\n\n')}`
}

function memorySection({ command, rssBytes, everySeconds, deliveries }) {
  // Memory rises until it is collected: the lowest and the highest of some readings say more than one of them.
  const minutes = 2
  const size = (minutes * 60) / everySeconds
  const spans = Array.from({ length: rssBytes.length / size }, (_, index) =>
    rssBytes.slice(index * size, (index + 1) * size),
  )
  return `## The generator's memory over a long run

\`${command}\`

${count(deliveries)} deliveries; resident memory of all workers, read every ${everySeconds} s.

| minutes | ${spans.map((_, index) => `${index * minutes}–${(index + 1) * minutes}`).join(' | ')} |
| --- | ${spans.map(() => '---:').join(' | ')} |
| lowest | ${spans.map((span) => megabytes(Math.min(...span))).join(' | ')} |
| highest | ${spans.map((span) => megabytes(Math.max(...span))).join(' | ')} |`
}

function fleetSection(points) {
  const table = fleetTable(points)
  return table === null ? '' : `## How many generator machines\n\n${table}`
}

function notHeld(points) {
  const failed = points.filter(({ verdict }) => verdict.outcome !== 'pass')
  if (failed.length === 0) return ''
  const rows = failed.map(
    ({ id, verdict, open, measuredAt }) =>
      `- \`${id}\` (${measuredAt.slice(0, 16)}): ${verdict.outcome}, ${count(open)} open at once: ${verdict.reasons.join('; ')}`,
  )
  return `## Points that did not hold\n\nThey are in no slope above.\n\n${rows.join('\n')}`
}

const orNothing = (value, format) => (value ? format(value) : '')
const count = (value) => Math.round(value).toLocaleString('en-US')
const megabytes = (bytes) => `${count(bytes / 1e6)} MB`
const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`
const kilobytes = (bytes) => `${(bytes / 1e3).toFixed(1)} KB`
const micros = (value) => `${Number(value.toPrecision(2))} µs`
const seconds = (ms) => `${(ms / 1000).toPrecision(3)} s`
const cpuSeconds = (value) => `${(value / 1e6).toFixed(0)} s`
const milliseconds = (value) => `${(value / 1e3).toFixed(0)} ms`
const share = (value) => `${Math.round(100 * value)} %`
const percent = (value) => `${(100 * value).toFixed(1)} %`
