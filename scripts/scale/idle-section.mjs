import { count, ifAny, megabytes, orNothing, percent, seconds, tableOf } from './format.mjs'
import { connectingMicros, hasGrownSlab, idleMicros, idlePoints, partNames, secondRun } from './model.mjs'

/** What idle clients through one balancer took, and how that grew from point to point. */
export function idleSection(points, balancer) {
  const idle = idlePoints(points, balancer)
  if (idle.length === 0) return ''
  const rows = idle.map((point) => [
    count(point.clients),
    count(point.open),
    seconds(point.rampUpMs),
    ...partNames.map((part) => `${megabytes(point.parts[part].rssBytes)} (${point.parts[part].processes})`),
    megabytes(point.memory.slab),
    slabOf(secondRun(points, point)),
    megabytes(point.memory.all),
  ])
  return `## Idle clients through ${balancer}

\`idle-300k\` with different numbers of clients, connecting at 1,000/s, then measured for ${idle[0].measuredSeconds} s. Each client sends a heartbeat every two
minutes. The number of processes stands beside the memory. The second run has almost no heartbeats.

${tableOf(
  ['clients', 'peak clients', 'ramp-up', ...partNames, 'kernel slab', 'slab of the second run', 'all'],
  rows,
)}

${[hasty(points, idle), wholeRuns(idle), connectingAndIdling(points, idle)].filter(Boolean).join('\n\n')}`
}

function slabOf(point) {
  if (!point) return ''
  return hasGrownSlab(point) ? megabytes(point.memory.slab) : 'not known'
}

/** A remark on points that were taken without waiting until the memory of an earlier run was freed. */
function hasty(points, idle) {
  const runs = idle.flatMap((point) => [point, secondRun(points, point) ?? []].flat())
  const unsettled = runs.filter(({ memory }) => memory.settledMs === undefined)
  if (unsettled.length === 0) return ''
  const impossible = unsettled.filter((point) => !hasGrownSlab(point)).map(({ id }) => `\`${id}\``)
  const none = impossible.length === 0 ? '' : ` In ${impossible.join(' and ')} the slab did not grow at all.`
  return `${unsettled.length === runs.length ? 'These points were' : `${unsettled.length} of these ${runs.length} runs were`} taken before the kernel had freed the memory of the previous run, so slab and "all" are too low
by that amount, which is larger after a larger run. The two runs with the same number of clients show it.${none}`
}

/** CPU as results report it, and how it grew compared with the clients. */
function wholeRuns(idle) {
  const rows = idle.map((point) => [
    count(point.clients),
    seconds(point.rampUpMs),
    ...partNames.map((part) => `${(point.parts[part].cpuMicros / 1e6).toFixed(1)} s`),
  ])
  const steps = stepsOf(idle).map(([before, point]) => ({
    name: stepName(before, point),
    clients: growth(before, point, ({ clients }) => clients),
    parts: partNames.map((part) => growth(before, point, ({ parts }) => parts[part].cpuMicros)),
  }))
  const table = `CPU of the whole run, as results report it (\`cluster.peaks\`): start, connect, warm-up, the measured seconds and the end.

${tableOf(['clients', 'ramp-up', ...partNames], rows)}`
  if (steps.length === 0) return table
  const judged = steps.flatMap(({ clients, parts }) => parts.map((times) => isAbove(times, clients)))
  return `${table}

Growth compared with the clients. MISSED: it grew by more than they did, as ${judged.filter(Boolean).length} of ${judged.length} figures did. Time is part of the reason: twice
the clients, at 1,000/s, take at least twice as long to connect ("ramp-up"), and clients that are already connected cost CPU
meanwhile. The tables below leave that part out; what still grows faster than the clients stays MISSED there.

${tableOf(
  ['step', 'clients', ...partNames],
  steps.map(({ name, clients, parts }) => [
    name,
    `× ${clients.toFixed(2)}`,
    ...parts.map((times) => marked(`× ${times.toFixed(2)}`, isAbove(times, clients))),
  ]),
)}`
}

function connectingAndIdling(points, idle) {
  const rows = idle.map((point) => [
    count(point.clients),
    ...partNames.map((part) =>
      orNothing(connectingMicros(points, point, part), (all) => ifAny(all / point.clients, count)),
    ),
    ...partNames.map((part) => percent(idleMicros(point, part) / 1e6)),
  ])
  const columns = [
    ...partNames.map((part, index) => (index === 0 ? `µs a connect: ${part}` : part)),
    ...partNames.map((part, index) => (index === 0 ? `idle: ${part}` : part)),
  ]
  const steps = stepsOf(idle).map(([before, point]) => {
    // Over how the clients grew: 1.00 is in proportion.
    const over = (read) => {
      // Null: not measured. Below 0: noise, and so would be what it grew by.
      if (!(read(before) > 0 && read(point) > 0)) return ''
      const times = growth(before, point, read) / (point.clients / before.clients)
      return marked(times.toFixed(2), isAbove(times, 1))
    }
    return [
      stepName(before, point),
      ...partNames.map((part) => over(({ parts }) => parts[part].rssBytes)),
      over(({ memory }) => memory.all),
      ...partNames.map((part) => over((one) => connectingMicros(points, one, part))),
      ...partNames.map((part) => over((one) => idleMicros(one, part))),
    ]
  })
  const table = `Idle: CPU in the measure phase, as a share of one core. µs per connect: from the second run, all CPU except that of its idle seconds, the
start of the processes included. A connect does not reach the broker: ≤ 0 there is noise.

${tableOf(['clients', ...columns], rows)}`
  if (steps.length === 0) return table
  return `${table}

Growth divided by the growth of the clients. 1.00 is proportional; above it, MISSED.
${steps.length > 1 ? 'The last row compares the last point with the first. ' : ''}A worker has a small cost for each second, and twice the clients need twice the workers for
twice as long to connect. That is why connecting and idling are measured separately.

${tableOf(
  [
    'step',
    ...partNames.map((part, index) => (index === 0 ? `memory: ${part}` : part)),
    'all',
    ...columns.map((name) => name.replace('µs a connect', 'connecting')),
  ],
  steps,
)}`
}

/** Each point with the one before it, and the last with the first. */
function stepsOf(idle) {
  const pairs = idle.slice(1).map((point, index) => [idle[index], point])
  return pairs.length > 1 ? [...pairs, [idle[0], idle.at(-1)]] : pairs
}

const stepName = (before, point) => `${count(before.clients)} → ${count(point.clients)}`
const growth = (before, point, read) => read(point) / read(before)
/** As it is shown: to two decimals. */
const isAbove = (times, most) => Number(times.toFixed(2)) > Number(most.toFixed(2))
const marked = (text, isMissed) => (isMissed ? `${text} MISSED` : text)
