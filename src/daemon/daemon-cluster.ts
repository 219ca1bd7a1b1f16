import { nowMicros } from '../base/clock.js'
import { setupError } from '../base/errors.js'
import type { EventRecord } from '../chaos/event.js'
import { eventOf } from '../chaos/index.js'
import { Timeline } from '../chaos/timeline.js'
import type { Cluster } from '../cluster/cluster.js'
import { tellAtExit } from '../run/not-undone.js'
import { parseEvent } from './daemon-plan.js'
import type { Reply, Request } from './messages.js'
import { statusOf } from './status.js'

/** Events that last end then at the latest. */
const LONGEST_MS = 24 * 3_600_000

/** A cluster that serves whoever comes, until it is told to go: what is asked of it over the control socket. */
export class DaemonCluster {
  readonly #since = new Date().toISOString()
  readonly #going = new AbortController()
  readonly #isGone: Promise<void>
  readonly #events = new Map<string, number>()

  /** `isGone` resolves when nothing of the cluster is left. */
  constructor(
    readonly cluster: Cluster,
    isGone: Promise<void>,
    readonly onDown: () => void,
  ) {
    this.#isGone = isGone
  }

  async answer(request: Request, say: (reply: Reply) => void, signal: AbortSignal): Promise<void> {
    if (request.type === 'status') say({ type: 'status', status: await statusOf(this.cluster, this.#since) })
    else if (request.type === 'chaos') await this.#strike(request, say, signal)
    else if (request.type === 'down') await this.#goDown(say)
    else throw setupError('no such request')
  }

  async #strike(
    { event, settings }: Extract<Request, { type: 'chaos' }>,
    say: (reply: Reply) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const action = parseEvent(event, settings)
    const number = (this.#events.get(action.event) ?? 0) + 1
    this.#events.set(action.event, number)
    const end = new AbortController()
    for (const ender of [signal, this.#going.signal]) {
      ender.addEventListener('abort', () => end.abort(), { once: true })
    }
    const timeline = new Timeline({
      events: [{ id: `${action.event}#${number}`, atMs: 0, windowMs: 0, action }],
      seed: Date.now() >>> 0,
      cluster: this.cluster,
      disturb() {
        throw setupError('it is done to the clients of a run, and here are none')
      },
      measureMicros: nowMicros(),
      measureMs: LONGEST_MS,
      signal: end.signal,
      onChange: (record) => {
        if (record.failure === null) say({ type: 'note', text: describe(record) })
      },
    })
    const forget = tellAtExit(timeline)
    await timeline.finished
    forget()
    const failure = timeline.records()[0]?.failure
    if (failure) {
      const needsPath = eventOf(action).needs?.includes('broker-path')
      throw setupError(`${event}: ${failure}`, needsPath ? 'wsbench cluster up --proxy' : undefined)
    }
    say({ type: 'done' })
  }

  async #goDown(say: (reply: Reply) => void): Promise<void> {
    this.#going.abort()
    this.onDown()
    await this.#isGone
    say({ type: 'done' })
  }
}

function describe({ id, targets, startedMicros, finishedMicros }: EventRecord): string {
  if (!Number.isFinite(finishedMicros)) return `${id}: ${targets.join(', ') || 'strikes'}`
  return `${id}: over after ${((finishedMicros - startedMicros) / 1e6).toFixed(1)} s`
}
