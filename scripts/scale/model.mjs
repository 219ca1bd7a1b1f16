/** What a client and a delivery cost each part, fitted to the saved points. */

export const partNames = ['generator', 'balancer', 'nodes', 'broker']

/** Points of idle clients that a run held, by ascending clients. */
export function idlePoints(points, balancer) {
  return heldPoints(points, `idle:${balancer}:`)
}

function heldPoints(points, prefix) {
  return points
    .filter(({ id, verdict }) => id.startsWith(prefix) && verdict.outcome === 'pass')
    .toSorted((one, other) => one.clients - other.clients)
}

/** CPU µs of a part in one second of all clients idle. */
export function idleMicros({ measuredSeconds, parts }, part) {
  return parts[part].measuredCpuMicros / measuredSeconds
}

/** CPU µs a part's processes took to start and to connect the clients of an idle point; null: not measured. */
export function connectingMicros(points, { id, clients }, part) {
  const [, balancer] = id.split(':')
  const point = heldPoints(points, `connect:${balancer}:`).find((one) => one.clients === clients)
  if (!point) return null
  // What a process does each second, with clients or without, it does while they connect as well.
  return point.parts[part].cpuMicros - idleMicros(point, part) * point.durationSeconds
}

/** Per client: resident bytes, CPU µs of its connect (null: not measured), and CPU µs of each idle second. Slopes over the clients. */
export function costOfClient(points, balancer, part) {
  const idle = idlePoints(points, balancer)
  if (idle.length < 2) return null
  const over = (read) => slope(idle.map((point) => [point.clients, read(point)]))
  const connects = idle
    .map((point) => [point.clients, connectingMicros(points, point, part)])
    .filter(([, micros]) => micros !== null)
  return {
    bytes: over(({ parts }) => parts[part].rssBytes),
    connectMicros: connects.length < 2 ? null : slope(connects),
    idleMicrosPerSecond: over((point) => idleMicros(point, part)),
  }
}

/** Bytes per client of the whole machine, and of the kernel's slab. */
export function memoryOfClient(points, balancer) {
  const idle = idlePoints(points, balancer)
  if (idle.length < 2) return null
  return {
    all: slope(idle.map(({ clients, memory }) => [clients, memory.all])),
    slab: slope(idle.map(({ clients, memory }) => [clients, memory.slab])),
  }
}

/** CPU µs of a delivery: what two rates of one fan-out differ by. */
export function costOfDelivery(points, balancer, part) {
  const fanouts = points
    .filter(({ id, verdict }) => id.startsWith(`fanout:${balancer}:`) && verdict.outcome === 'pass')
    .toSorted((one, other) => one.deliveriesMeasured - other.deliveriesMeasured)
  if (fanouts.length < 2) return null
  return slope(
    fanouts.map(({ deliveriesMeasured, parts }) => [deliveriesMeasured, parts[part].measuredCpuMicros]),
  )
}

/** Least squares. */
export function slope(pairs) {
  const mean = (index) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const above = pairs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const below = pairs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return above / below
}

export function intercept(pairs) {
  const mean = (index) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length
  return mean(1) - slope(pairs) * mean(0)
}
