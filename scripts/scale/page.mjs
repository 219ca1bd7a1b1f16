import { checkSection, costSection } from './cost-section.mjs'
import { fleetTable } from './fleet.mjs'
import { count, gigabytes, megabytes, seconds, share, tableOf } from './format.mjs'
import { idleSection } from './idle-section.mjs'

/** docs/scale.md, all of its figures from the saved points. */
export function renderPage({ points, searches, memories }) {
  const balancers = [...new Set(points.map(({ id }) => id.split(':')[1]))]
  const sections = [
    head(points),
    ...balancers.map((balancer) => idleSection(points, balancer)),
    costSection(points, balancers),
    checkSection(points, balancers),
    searchSection(searches),
    memorySection(memories),
    fleetSection(points),
    notHeld(points),
  ]
  return `${sections.filter(Boolean).join('\n\n')}\n`
}

function head(points) {
  const [where = 'nothing is measured yet', ...others] = new Set(points.map(machineName))
  const mixed = others.map((name) => {
    const ids = points.filter((point) => machineName(point) === name).map(({ id }) => `\`${id}\``)
    return `${name}: ${ids.join(', ')}`
  })
  return `# Scale: what a client and a delivery cost

Written by \`scripts/scale.mjs\` from measured points, never by hand; the points are in [scale.json](scale.json). Machine: ${where}.
Generator, balancer, nodes and broker share it, and each process of ours is one of many on few cores: a figure of CPU is what it
used, not what it waited for. Memory of a part is the sum of its processes' resident sets at their worst; what processes share
is counted in each, so the machine's own figure, "all", is the one to plan by.${mixed.length === 0 ? '' : `\n\n**Measured on another machine**, so that a slope through these and the others tells little: ${mixed.join('; ')}.`}`
}

function machineName({ machine: { cores, cpu, memoryBytes, descriptors, node } }) {
  return `${cores} cores of ${cpu}, ${gigabytes(memoryBytes)}, ${count(descriptors)} open files a process, Node ${node.replace('v', '')}`
}

function searchSection(searches) {
  if (searches.length === 0) return ''
  const blocks = searches.map(({ id, command, highestPassing, limitedBy, levels, gate }) => {
    const rows = levels
      .toSorted((one, other) => one.value - other.value)
      .map(
        ({ text, outcome, p99Micros, busiestWorker, reasons }) =>
          `| ${text} | ${outcome} | ${p99Micros === null ? '' : seconds(p99Micros / 1000)} | ${busiestWorker === null ? '' : share(busiestWorker)} | ${reasons[0] ?? ''} |`,
      )
    const end = limitedBy
      ? `At ${limitedBy.text} ${limitedBy.by === 'gate' ? 'a gate' : `the ${limitedBy.by}`} gave out.`
      : 'Nothing gave out below the end of the ramp.'
    return `**${id.split(':')[1]}**: ${highestPassing ? `**${highestPassing.text}**` : 'no rate'} with ${gate} and a valid verdict. ${end}

\`${command}\`

| rate | outcome | p99 | busiest worker | why |
| ---: | --- | ---: | ---: | --- |
${rows.join('\n')}`
  })
  return `## The highest rate that fanout-50k sustains

Each message goes to 50,000 clients. Every level is one run.

${blocks.join('\n\n')}`
}

function memorySection(memories) {
  if (memories.length === 0) return ''
  return `## The generator's memory over a long run

Resident memory of all workers together and of the parent that forked them.

${memories.map(memoryTable).join('\n\n')}`
}

function memoryTable({ command, rssBytes, parentRssBytes, everySeconds, published, deliveries }) {
  // Memory rises until it is collected: the lowest and the highest of some readings say more than one of them.
  const minutes = 2
  const size = (minutes * 60) / everySeconds
  const rowsOf = (name, readings) => {
    const spans = Array.from({ length: readings.length / size }, (_, index) =>
      readings.slice(index * size, (index + 1) * size),
    )
    return [
      [`${name}, lowest`, ...spans.map((span) => megabytes(Math.min(...span)))],
      [`${name}, highest`, ...spans.map((span) => megabytes(Math.max(...span)))],
    ]
  }
  const spans = Array.from(
    { length: rssBytes.length / size },
    (_, index) => `${index * minutes}–${(index + 1) * minutes}`,
  )
  const carried = `${published === undefined ? '' : `${count(published)} messages published, `}${count(deliveries)} deliveries`
  return `\`${command}\`

${carried}; read every ${everySeconds} s.${parentRssBytes ? '' : ' The parent was not read then.'}

${tableOf(['minutes', ...spans], [...rowsOf('workers', rssBytes), ...(parentRssBytes ? rowsOf('parent', parentRssBytes) : [])])}`
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
