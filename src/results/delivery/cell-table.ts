import { extended } from './extended.js'
import { type DeliveryCounts, deliveryClasses, emptyCounts, partition } from './types.js'

const CLASSES = deliveryClasses.length
/** The node of what was sent before its subscriber was on any. */
export const NO_NODE = -1
/** Position of each class in a cell. */
export const classIndex = Object.fromEntries(
  deliveryClasses.map((name, index) => [name, index]),
) as DeliveryCounts
const notDelivered = partition.filter((name) => name !== 'delivered')

/** Counts of each delivery class by (node, channel group, phase), in one array that grows with the nodes seen. Of NO_NODE first. */
export class CellTable {
  #counts: Float64Array<ArrayBuffer>

  constructor(
    readonly groups: number,
    readonly phases: number,
    counts?: Float64Array<ArrayBuffer>,
  ) {
    this.#counts = counts ?? new Float64Array(groups * phases * CLASSES)
  }

  /** `name`: of `classIndex`. */
  add(node: number, group: number, phase: number, name: number, count: number): void {
    const index = (((node + 1) * this.groups + group) * this.phases + phase) * CLASSES + name
    if (index >= this.#counts.length) this.#growFor(node)
    this.#counts[index] = this.#counts[index]! + count
  }

  clone(): CellTable {
    return new CellTable(this.groups, this.phases, this.#counts.slice())
  }

  /** Delivered, in each cell, is what is left of due. */
  deriveDelivered(): void {
    const counts = this.#counts
    for (let cell = 0; cell < counts.length; cell += CLASSES) {
      const others = notDelivered.reduce((sum, name) => sum + counts[cell + classIndex[name]]!, 0)
      counts[cell + classIndex.delivered] = counts[cell + classIndex.due]! - others
    }
  }

  total(): DeliveryCounts {
    return this.#sum([''], () => 0)['']!
  }

  byNode(names: readonly string[]): Record<string, DeliveryCounts> {
    return this.#sum(names, (cell) => Math.floor(cell / (this.groups * this.phases)) - 1)
  }

  byGroup(names: readonly string[]): Record<string, DeliveryCounts> {
    return this.#sum(names, (cell) => Math.floor(cell / this.phases) % this.groups)
  }

  byPhase(names: readonly string[]): Record<string, DeliveryCounts> {
    return this.#sum(names, (cell) => cell % this.phases)
  }

  #sum(names: readonly string[], indexOf: (cell: number) => number): Record<string, DeliveryCounts> {
    const sums = Object.fromEntries(names.map((name) => [name, emptyCounts()]))
    const cells = this.#counts.length / CLASSES
    for (let cell = 0; cell < cells; cell += 1) {
      const name = names[indexOf(cell)]
      if (name !== undefined) addCounts(sums[name]!, this.#counts.subarray(cell * CLASSES))
    }
    return sums
  }

  #growFor(node: number): void {
    const perNode = this.groups * this.phases * CLASSES
    this.#counts = extended(this.#counts, new Float64Array(perNode * (node + 2)))
  }
}

function addCounts(sum: DeliveryCounts, counts: Float64Array): void {
  deliveryClasses.forEach((name, index) => {
    sum[name] += counts[index]!
  })
}
