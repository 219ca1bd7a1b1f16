import { costOfClient, costOfDelivery, memoryOfClient } from './model.mjs'

const COUNTS = [1e3, 1e4, 1e5, 3e5, 1e6, 3e6, 1e7]
/** Of memory and of the cores: the rest is the system's, and a generator that is busier measures itself. */
const USABLE_SHARE = 0.7
/** Of a connection's ends, one is the generator's. */
const ENDS_PER_CLIENT = 4
/** Ports that one source address has for each address and port it connects to, as Linux is set up. */
const PORTS_PER_ADDRESS = 28_232
/** Of the busy load, to each client. */
const BUSY_DELIVERIES_PER_SECOND = 1

/** Machines for the generator alone, each like the one measured, for ever more clients; null: too few points. */
export function fleetTable(points) {
  const client = costOfClient(points, 'nginx', 'generator')
  const memory = memoryOfClient(points, 'nginx')
  const delivery = costOfDelivery(points, 'nginx', 'generator')
  const machine = points[0]?.machine
  if (!client || !memory || delivery === null) return null
  const bytesPerClient = client.bytes + memory.slab / ENDS_PER_CLIENT
  const rows = COUNTS.map((clients) => {
    const idle = bound(clients, { machine, bytesPerClient, microsPerSecond: client.idleMicrosPerSecond })
    const busy = bound(clients, {
      machine,
      bytesPerClient,
      microsPerSecond: client.idleMicrosPerSecond + BUSY_DELIVERIES_PER_SECOND * delivery,
    })
    const each = Math.ceil(clients / idle.machines)
    return [
      clients.toLocaleString('en-US'),
      `${idle.machines} (${idle.binds})`,
      `${busy.machines} (${busy.binds})`,
      Math.ceil(each / (machine.descriptors - 1_000)),
      Math.ceil(each / PORTS_PER_ADDRESS),
    ]
  })
  return `Computed from the slopes above, for machines like the one measured that carry nothing but the generator, ${100 * USABLE_SHARE} % used.
A client there costs ${(bytesPerClient / 1e3).toFixed(1)} KB: its share of a worker and one of the four socket ends. Idle: a heartbeat every two minutes. Busy:
${BUSY_DELIVERIES_PER_SECOND} delivery a second to each client besides. In brackets what binds first. wsbench itself drives the workers of one machine:
for more, run it on each against the same target. Workers are what the limit of open files asks for, addresses what the ports
towards a single address of the target do; more listening addresses or ports of the target lower them.

| clients | machines, idle | machines, busy | workers each, idle | source addresses each, idle |
| ---: | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`
}

function bound(clients, { machine, bytesPerClient, microsPerSecond }) {
  const needs = {
    memory: (clients * bytesPerClient) / (machine.memoryBytes * USABLE_SHARE),
    CPU: (clients * microsPerSecond) / 1e6 / (machine.cores * USABLE_SHARE),
  }
  const binds = needs.memory > needs.CPU ? 'memory' : 'CPU'
  return { machines: Math.max(1, Math.ceil(needs[binds])), binds }
}
