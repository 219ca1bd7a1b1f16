/** Numbers the node names found in handshakes, in order of appearance, so that records hold small integers. */
export class NodeNames {
  readonly #names: string[] = []
  readonly #indexes = new Map<string, number>()

  indexOf(name: string): number {
    const known = this.#indexes.get(name)
    if (known !== undefined) return known
    this.#indexes.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  get names(): readonly string[] {
    return this.#names
  }
}

/** Node name for a server that does not name its node. */
export const UNNAMED_NODE = '(unnamed)'
