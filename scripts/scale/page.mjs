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
  const [where = 'nothing measured yet', ...others] = new Set(points.map(machineName))
  const mixed = others.map((name) => {
    const ids = points.filter((point) => machineName(point) === name).map(({ id }) => `\`${id}\``)
    return `${name}: ${ids.join(', ')}`
  })
  return `# Scale: what a client and a delivery cost

\`scripts/scale.mjs\` writes this page from measured points; they are in [scale.json](scale.json). Machine: ${where}.
Generator, balancer, nodes and broker share it. CPU is the time that a part used, without the time it waited for a core. Memory of a part
is the sum of the peak resident sets of its processes. Memory that processes share counts in each of them, so use the machine's own
figure, "all", for planning.${mixed.length === 0 ? '' : `\n\n**Measured on another machine**, so slopes through these and the others say little: ${mixed.join('; ')}.`}`
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
      ? `At ${limitedBy.text} it was limited by ${limitedBy.by === 'gate' ? 'a gate' : `the ${limitedBy.by}`}.`
      : 'No limit was reached within the ramp.'
    return `**${id.split(':')[1]}**: ${highestPassing ? `**${highestPassing.text}**` : 'no rate'} with ${gate} and a valid verdict. ${end}

\`${command}\`

| rate | outcome | p99 | busiest worker | why |
| ---: | --- | ---: | ---: | --- |
${rows.join('\n')}`
  })
  return `## The highest rate that fanout-50k sustains

Each message goes to 50,000 clients. Each level is one run.

${blocks.join('\n\n')}`
}

function memorySection(memories) {
  if (memories.length === 0) return ''
  return `## The generator's memory over a long run

Resident memory of all workers together, and of the parent process.

${memories.map(memoryTable).join('\n\n')}`
}

function memoryTable({ command, rssBytes, parentRssBytes, everySeconds, published, deliveries }) {
  // Memory rises until it is collected, so the lowest and highest of several readings are shown.
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

${carried}; read every ${everySeconds} s.${parentRssBytes ? '' : ' The parent was not read.'}

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
      `- \`${id}\` (${measuredAt.slice(0, 16)}): ${verdict.outcome}, peak ${count(open)} clients: ${verdict.reasons.join('; ')}`,
  )
  return `## Points that did not pass\n\nThey are not part of the slopes above.\n\n${rows.join('\n')}`
}
