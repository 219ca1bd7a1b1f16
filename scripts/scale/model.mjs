/** What a client and a delivery cost each part, fitted to the saved points. */

export const partNames = ['generator', 'balancer', 'nodes', 'broker']

/** Points of idle clients that a run passed with, by ascending clients. */
export function idlePoints(points, balancer) {
  return heldPoints(points, `idle:${balancer}:`)
}

/** Fan-outs of one balancer that a run passed with, by ascending deliveries. */
export function fanoutPoints(points, balancer) {
  return heldPoints(points, `fanout:${balancer}:`).toSorted(
    (one, other) => one.deliveriesMeasured - other.deliveriesMeasured,
  )
}

/** The second run of an idle point, next to without heartbeats; undefined: none was measured. */
export function secondRun(points, { id, clients }) {
  const [, balancer] = id.split(':')
  return heldPoints(points, `connect:${balancer}:`).find((one) => one.clients === clients)
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
export function connectingMicros(points, idle, part) {
  const point = secondRun(points, idle)
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

/** Bytes per client of the whole machine, and of the kernel's slab: as the first runs and as the second runs tell it, null for too few. */
export function memoryOfClient(points, balancer) {
  const idle = idlePoints(points, balancer)
  if (idle.length < 2) return null
  const over = (runs, name) =>
    runs.length < 2 ? null : slope(runs.map(({ clients, memory }) => [clients, memory[name]]))
  const second = idle.flatMap((point) => secondRun(points, point) ?? []).filter(hasGrownSlab)
  return { all: over(idle, 'all'), slab: over(idle, 'slab'), secondSlab: over(second, 'slab') }
}

/** False: what the run before held was still being freed when the point was taken. */
export function hasGrownSlab({ memory }) {
  return memory.slab > 0
}

/** CPU µs of a delivery: what the rates of one fan-out differ by. */
export function costOfDelivery(points, balancer, part) {
  const fanouts = fanoutPoints(points, balancer)
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

/** What the other points foretell for the last, on a line; null: they are too few for one. */
export function predicted(pairs) {
  const [smaller, [largest]] = [pairs.slice(0, -1), pairs.at(-1)]
  return smaller.length < 2 ? null : intercept(smaller) + slope(smaller) * largest
}

function intercept(pairs) {
  const mean = (index) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length
  return mean(1) - slope(pairs) * mean(0)
}
