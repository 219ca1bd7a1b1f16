import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Span {
  readonly fromMicros: number
  readonly untilMicros: number
}

/** When a copy was meant to be sent, was sent, and was written to its subscriber by the server. */
export interface Copy {
  readonly plannedMicros: number
  readonly sentMicros: number
  readonly writtenMicros: number
}

/** The server of delaying-server.mjs: late by a known amount, and with a ledger of how late it was. */
export class DelayingServer {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(delayMicros: number): Promise<DelayingServer> {
    const child = fork(fileURLToPath(new URL('./delaying-server.mjs', import.meta.url)), {
      serialization: 'advanced',
      execArgv: [],
    })
    const [{ port }] = await once(child, 'message')
    child.send({ delayMicros })
    return new DelayingServer(child, port)
  }

  /** Stops it from reading and writing for `ms`; resolves with what it was, to the µs. */
  async stall(ms: number): Promise<Span> {
    this.child.send({ stallMs: ms })
    const [{ stalled }] = await once(this.child, 'message')
    return stalled
  }

  /** Every copy it wrote so far. */
  async copies(): Promise<Copy[]> {
    this.child.send({ report: true })
    const [{ copies }] = (await once(this.child, 'message')) as [{ copies: Float64Array }]
    return Array.from({ length: copies.length / 3 }, (_, index) => ({
      plannedMicros: copies[3 * index]!,
      sentMicros: copies[3 * index + 1]!,
      writtenMicros: copies[3 * index + 2]!,
    }))
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit')
    this.child.disconnect()
    await gone
  }
}
