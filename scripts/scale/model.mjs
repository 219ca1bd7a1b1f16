/** What a client and a delivery cost each part, fitted to the saved points. */

export const partNames = ['generator', 'balancer', 'nodes', 'broker']

/** Points of idle clients that a run held, by ascending clients. */
export function idlePoints(points, balancer) {
  return points
    .filter(({ id, verdict }) => id.startsWith(`idle:${balancer}:`) && verdict.outcome === 'pass')
    .toSorted((one, other) => one.clients - other.clients)
}

/**
 * CPU µs of a part at one point: of all its connecting, and of one idle second of all clients. The heartbeats that were sent
 * while others still connected, the more the longer that took, are counted out of connecting at what one costs later.
 */
export function cpuOf({ clients, heartbeats, heartbeatSeconds, measuredSeconds, parts }, part) {
  const { cpuMicros, measuredCpuMicros } = parts[part]
  const measuredHeartbeats = (clients / heartbeatSeconds) * measuredSeconds
  const earlier = Math.max(0, heartbeats.sent - measuredHeartbeats) / measuredHeartbeats
  return {
    connectingMicros: cpuMicros - measuredCpuMicros * (1 + earlier),
    idleMicrosPerSecond: measuredCpuMicros / measuredSeconds,
  }
}

/** Per client: resident bytes, CPU µs of its connect, and CPU µs of each idle second. Slopes over the clients. */
export function costOfClient(points, balancer, part) {
  const idle = idlePoints(points, balancer)
  if (idle.length < 2) return null
  const over = (read) => slope(idle.map((point) => [point.clients, read(point)]))
  return {
    bytes: over(({ parts }) => parts[part].rssBytes),
    connectMicros: over((point) => cpuOf(point, part).connectingMicros),
    idleMicrosPerSecond: over((point) => cpuOf(point, part).idleMicrosPerSecond),
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
