/** Node names as they come in handshakes, numbered in order of first sight, so that records hold small integers. */
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

/** Name of the node of a server that does not say which it is. */
export const UNNAMED_NODE = '(unnamed)'
