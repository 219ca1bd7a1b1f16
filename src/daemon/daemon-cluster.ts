import { once } from 'node:events'
import { nowMicros } from '../base/clock.js'
import { setupError } from '../base/errors.js'
import { linkedController } from '../base/linked-controller.js'
import { stderr } from '../base/terminal-output.js'
import type { EventRecord } from '../chaos/event.js'
import { eventOf } from '../chaos/index.js'
import { Timeline } from '../chaos/timeline.js'
import type { Cluster } from '../cluster/cluster.js'
import { sayCleanupAtExit } from '../run/cleanup.js'
import { parseEvent } from './daemon-plan.js'
import type { Reply, Request } from './messages.js'
import { statusOf } from './status.js'

/** When an event ends at the latest. */
const LONGEST_MS = 24 * 3_600_000

/** Answers what is asked of the daemon's cluster over the control socket. */
export class DaemonCluster {
  readonly #since = new Date().toISOString()
  readonly #events = new Map<string, number>()

  /** `ending` begins the end of the cluster; `gone` fires when nothing of it is left. */
  constructor(
    readonly cluster: Cluster,
    readonly ending: AbortController,
    readonly gone: AbortSignal,
  ) {}

  async answer(request: Request, say: (reply: Reply) => void, signal: AbortSignal): Promise<void> {
    if (request.type === 'status') say({ type: 'status', status: await statusOf(this.cluster, this.#since) })
    else if (request.type === 'chaos') await this.#runEvent(request, say, signal)
    else {
      this.ending.abort()
      await once(this.gone, 'abort')
      say({ type: 'done' })
    }
  }

  async #runEvent(
    { event, settings }: Extract<Request, { type: 'chaos' }>,
    say: (reply: Reply) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const action = parseEvent(event, settings)
    const number = (this.#events.get(action.event) ?? 0) + 1
    this.#events.set(action.event, number)
    const end = linkedController(signal, this.ending.signal)
    const timeline = new Timeline({
      events: [{ id: `${action.event}#${number}`, atMs: 0, windowMs: 0, action }],
      seed: Date.now() >>> 0,
      cluster: this.cluster,
      disturb() {
        throw setupError('it acts on the clients of a run, and there are none')
      },
      measureMicros: nowMicros(),
      measureMs: LONGEST_MS,
      signal: end.signal,
      onChange: (record) => {
        if (record.failure === null) say({ type: 'note', text: describe(record) })
      },
    })
    const endCleanupAtExit = sayCleanupAtExit(timeline, (text) => stderr.print(text))
    await timeline.finished
    endCleanupAtExit()
    end.abort()
    const failure = timeline.records()[0]?.failure
    if (failure) {
      const needsPath = eventOf(action).needs?.includes('broker-path')
      throw setupError(`${event}: ${failure}`, needsPath ? 'wsbench cluster up --proxy' : undefined)
    }
    say({ type: 'done' })
  }
}

function describe({ id, targets, startedMicros, finishedMicros }: EventRecord): string {
  if (!Number.isFinite(finishedMicros)) return `${id}: ${targets.join(', ') || 'started'}`
  return `${id}: done after ${((finishedMicros - startedMicros) / 1e6).toFixed(1)} s`
}
