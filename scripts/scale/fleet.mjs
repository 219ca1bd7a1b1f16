import { connectionsPerWorker, planWorkers } from '../../build/src/planning/estimate.js'
import { costOfClient, costOfDelivery, memoryOfClient } from './model.mjs'

const COUNTS = [1e3, 1e4, 1e5, 3e5, 1e6, 3e6, 1e7]
/** Of memory and of the cores: the rest is the system's, and a generator that is busier measures itself. */
const USABLE_SHARE = 0.7
/** Of a connection's ends, one is the generator's. */
const ENDS_PER_CLIENT = 4
/** Linux's own range, 32768 to 60999, for points that don't tell the machine's. */
const LINUX_PORTS = 60_999 - 32_768 + 1
/** Of the busy load, to each client. */
const BUSY_DELIVERIES_PER_SECOND = 1

/** Machines for the generator alone, each like the one measured, for ever more clients; null: too few points. */
export function fleetTable(points) {
  const client = costOfClient(points, 'nginx', 'generator')
  const memory = memoryOfClient(points, 'nginx')
  const delivery = costOfDelivery(points, 'nginx', 'generator')
  const machine = points[0]?.machine
  if (!client || !memory || delivery === null) return null
  const bytesPerClient = client.bytes + Math.max(memory.slab, memory.secondSlab ?? 0) / ENDS_PER_CLIENT
  const recorded = points.find((point) => point.machine.ephemeralPorts)?.machine.ephemeralPorts
  const ports = recorded ?? LINUX_PORTS
  const idleMicros = client.idleMicrosPerSecond
  const busyMicros = idleMicros + BUSY_DELIVERIES_PER_SECOND * delivery
  const rows = COUNTS.map((clients) => {
    const needs = (microsPerSecond) => ({
      memory: (clients * bytesPerClient) / (machine.memoryBytes * USABLE_SHARE),
      CPU: (clients * microsPerSecond) / 1e6 / (machine.cores * USABLE_SHARE),
    })
    const ofOneAddress = { 'source ports': clients / ports }
    const listed = bound(needs(idleMicros))
    const each = Math.ceil(clients / listed.machines)
    return [
      clients.toLocaleString('en-US'),
      describe(bound({ ...needs(idleMicros), ...ofOneAddress })),
      describe(bound({ ...needs(busyMicros), ...ofOneAddress })),
      describe(listed),
      describe(bound(needs(busyMicros))),
      workersOf(each, machine),
      Math.ceil(each / ports),
    ]
  })
  return `Computed from the slopes above, for machines like the one measured that run the generator only, at ${100 * USABLE_SHARE} % of their capacity.
A client needs ${(bytesPerClient / 1e3).toFixed(1)} KB: its share of a worker and one of the four socket ends. Idle: a heartbeat every two minutes. Busy:
${BUSY_DELIVERIES_PER_SECOND} delivery a second to each client in addition. The limit that needs more than one machine stands in brackets. wsbench runs on one
machine: for more, start it on each, against the same target.

Towards one address and port of the target, one source address has ${ports.toLocaleString('en-US')} ports${recorded ? '' : " (Linux's default: these points do not have the machine's own)"}.
A machine with one address reaches that limit first. List more addresses in \`clients.addresses.list\`; then memory or CPU is the limit.
More addresses or ports of the target help only if the kernel chooses the source address: a port of a listed address serves one
connection, whatever it connects to. The limit of ${machine.descriptors.toLocaleString('en-US')} open files a
process never needs more machines, only more workers, each with at most ${connectionsPerWorker(machine).toLocaleString('en-US')} clients. The workers column
names it where it needs more workers than there are cores.

| clients | machines of one address: idle | busy | machines of enough addresses: idle | busy | workers each, idle | source addresses each, idle |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`
}

/** Machines, by the limit that asks for the most; null: each is content with one. */
function bound(needs) {
  const [[name, most]] = Object.entries(needs).toSorted(([, one], [, other]) => other - one)
  return { machines: Math.max(1, Math.ceil(most)), binds: most > 1 ? name : null }
}

function describe({ machines, binds }) {
  return binds === null ? `${machines}` : `${machines} (${binds})`
}

/** As wsbench plans them. */
function workersOf(clients, machine) {
  const workers = planWorkers(clients, machine)
  const isOfFiles = workers > planWorkers(clients, { ...machine, descriptors: Number.POSITIVE_INFINITY })
  return isOfFiles ? `${workers} (open files)` : `${workers}`
}
