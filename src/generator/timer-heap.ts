/** A binary min-heap of (time, item) in flat arrays, which allocates no object per item. */
export class TimerHeap {
  #times = new Float64Array(16)
  #items = new Int32Array(16)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Time of the earliest; Infinity when empty. */
  get earliest(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!
  }

  push(time: number, item: number): void {
    if (this.#size === this.#times.length) this.#grow()
    let hole = this.#size++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (this.#times[parent]! <= time) break
      this.#move(parent, hole)
      hole = parent
    }
    this.#place(hole, time, item)
  }

  /** Removes the earliest and returns its item. The heap must not be empty. */
  pop(): number {
    const item = this.#items[0]!
    const last = --this.#size
    const time = this.#times[last]!
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= last) break
      if (child + 1 < last && this.#times[child + 1]! < this.#times[child]!) child += 1
      if (this.#times[child]! >= time) break
      this.#move(child, hole)
      hole = child
    }
    this.#place(hole, time, this.#items[last]!)
    return item
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#times[from]!, this.#items[from]!)
  }

  #place(index: number, time: number, item: number): void {
    this.#times[index] = time
    this.#items[index] = item
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2)
    const items = new Int32Array(times.length)
    times.set(this.#times)
    items.set(this.#items)
    this.#times = times
    this.#items = items
  }
}
