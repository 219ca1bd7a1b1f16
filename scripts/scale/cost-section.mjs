import {
  count,
  cpuSeconds,
  ifAny,
  kilobytes,
  megabytes,
  micros,
  milliseconds,
  orNothing,
  tableOf,
} from './format.mjs'
import {
  connectingMicros,
  costOfClient,
  costOfDelivery,
  fanoutPoints,
  idleMicros,
  idlePoints,
  memoryOfClient,
  partNames,
  predicted,
} from './model.mjs'

/** The cost of one more client and of one more delivery, by part. */
export function costSection(points, balancers) {
  const rows = balancers.flatMap((balancer) =>
    partNames.flatMap((part) => {
      const client = costOfClient(points, balancer, part)
      const delivery = costOfDelivery(points, balancer, part)
      if (!client && delivery === null) return []
      const name = part === 'balancer' ? balancer : `${part}, behind ${balancer}`
      return [
        [
          name,
          client ? ifAny(client.bytes, kilobytes) : '',
          orNothing(client?.connectMicros, (value) => ifAny(value, micros)),
          client ? ifAny(client.idleMicrosPerSecond, micros) : '',
          delivery === null ? '' : ifAny(delivery, micros),
        ],
      ]
    }),
  )
  const totals = balancers.flatMap((balancer) => {
    const memory = memoryOfClient(points, balancer)
    if (!memory) return []
    const second = memory.secondSlab === null ? '' : ` (${kilobytes(memory.secondSlab)} by the second runs)`
    return [
      `Behind ${balancer} a client takes ${kilobytes(memory.all)} of the machine, ${kilobytes(memory.slab)} of it in the kernel's slab${second}.`,
    ]
  })
  return `## The cost model

Slopes over the points above: the cost of one more client, or of one more delivery. An idle second has 1/120 of a heartbeat and its
answer. The cost of a delivery is the difference between fan-outs to 10,000 clients at different rates. The broker carries one copy for
each node, whatever the number of clients, so its slopes are close to 0; a negative slope is noise.

${tableOf(['part', 'memory per client', 'CPU per connect', 'CPU per client and idle second', 'CPU per delivery'], rows)}

${totals.join(' ')}`
}

/** The largest run of each kind, compared with the prediction from the smaller ones. */
export function checkSection(points, balancers) {
  const sections = balancers.flatMap((balancer) => [
    checkOf(`idle clients through ${balancer}`, {
      measured: idlePoints(points, balancer),
      load: ({ clients }) => clients,
      unit: 'clients',
      figures: [
        ...partNames.map((part) => [`${part}, memory`, ({ parts }) => parts[part].rssBytes, megabytes]),
        ['all memory', ({ memory }) => memory.all, megabytes],
        ...partNames.flatMap((part) => [
          [`${part}, connecting`, (point) => connectingMicros(points, point, part), cpuSeconds],
          [`${part}, an idle second`, (point) => idleMicros(point, part), milliseconds],
        ]),
      ],
    }),
    checkOf(`fan-outs through ${balancer}`, {
      measured: fanoutPoints(points, balancer),
      load: ({ deliveriesMeasured }) => deliveriesMeasured,
      unit: 'deliveries',
      figures: partNames.map((part) => [
        `${part}, CPU while measured`,
        ({ parts }) => parts[part].measuredCpuMicros,
        cpuSeconds,
      ]),
    }),
  ])
  const shown = sections.filter(Boolean)
  return shown.length === 0 ? '' : `### Checked against the runs above\n\n${shown.join('\n\n')}`
}

function checkOf(title, { measured, load, unit, figures }) {
  if (measured.length === 0) return ''
  const name = `**${title[0].toUpperCase()}${title.slice(1)}**`
  if (measured.length < 3)
    return `${name}: only ${measured.length === 1 ? 'one point' : 'two points'}. There is no third point to check their slope.`
  const most = count(load(measured.at(-1)))
  const rows = figures.flatMap(([figure, read, format]) => {
    const pairs = measured.flatMap((point) => (read(point) === null ? [] : [[load(point), read(point)]]))
    const guess = pairs.length === 0 ? null : predicted(pairs)
    if (guess === null) return []
    const seen = pairs.at(-1)[1]
    const ratio = guess > 0 && seen > 0 ? (seen / guess).toFixed(2) : ''
    return [[figure, ifAny(guess, format), ifAny(seen, format), ratio]]
  })
  const base =
    measured.length === 3
      ? 'the only two points below predict'
      : `the ${measured.length - 1} points below predict`
  return `${name}: what ${base} for ${most} ${unit}, and what was measured.

${tableOf(['figure', 'predicted', 'measured', 'measured / predicted'], rows)}`
}
