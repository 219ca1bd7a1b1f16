import { createConnection, createServer, type Socket } from 'node:net'
import { listen } from '../listen.js'
import type { PathShape, ProxyConfig } from './contract.js'
import { Flow } from './flow.js'
import { Shaper } from './shaper.js'

/** A path to the upstream, with a port of its own. Its shape can change while connections are open. */
export class Path {
  readonly #shaper = new Shaper()
  readonly #flows = new Set<Flow>()
  readonly #server

  constructor(readonly config: ProxyConfig) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
  }

  listen(): Promise<number> {
    return listen(this.#server, this.config.host, 0)
  }

  shape(shape: PathShape): void {
    this.#shaper.shape = shape
    for (const flow of this.#flows) flow.move()
  }

  /** In a black hole, too, the kernel has accepted the connection; it carries no bytes until the black hole ends. */
  #accept(near: Socket): void {
    const far = createConnection({ ...this.config.upstream, allowHalfOpen: true, noDelay: true })
    const flows = [new Flow(near, far, this.#shaper), new Flow(far, near, this.#shaper)]
    for (const flow of flows) {
      this.#flows.add(flow)
      flow.move()
    }
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // 'close' follows, and is passed on to the other side.
      socket.on('error', () => {})
      socket.on('close', (hadError) => {
        if (hadError) other.destroy()
        if (!near.destroyed || !far.destroyed) return
        for (const flow of flows) {
          flow.stop()
          this.#flows.delete(flow)
        }
      })
    }
  }
}
