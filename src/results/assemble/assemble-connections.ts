import { sumByName, total } from '../../base/records.js'
import { summarizeEncoded } from '../latency/summary.js'
import type { Result, TimelineRow } from '../result.js'
import type { RunRecord } from '../run-record.js'
import type { Tick } from '../worker-records.js'

/** Connections of all workers together. */
export function connectionsOf(record: RunRecord, timeline: readonly TimelineRow[]): Result['connections'] {
  const counts = record.workers.map(({ connections }) => connections)
  const sum = (read: (own: (typeof counts)[number]) => number) =>
    counts.reduce((all, own) => all + read(own), 0)
  return {
    attempted: sum((own) => own.attempted),
    opened: sum((own) => own.opened),
    failed: sumByName(counts.map((own) => own.failed)),
    failedBeforeEventsShare: failedBeforeEventsShare(record),
    peak: timeline.reduce((peak, row) => Math.max(peak, row.connected), 0),
    reconnects: sum((own) => own.reconnects),
    closeCodes: sumByName(counts.map((own) => own.closeCodes)),
    heartbeats: {
      sent: sum(({ heartbeats }) => heartbeats.sent),
      answered: sum(({ heartbeats }) => heartbeats.answered),
      missed: sum(({ heartbeats }) => heartbeats.missed),
    },
    rampUpMs: Math.round((record.connectFinishedMicros - record.connectStartedMicros) / 1000),
    connectMicros: summarizeEncoded(record.workers.map(({ histograms }) => histograms.connect)),
    downtimeMicros: summarizeEncoded([record.disconnects.downtime]),
  }
}

/** Once something was broken on purpose, failing attempts are a result; before it they are the set-up's. */
function failedBeforeEventsShare({ ticks, events }: RunRecord): number {
  const firstBlow = Math.min(...events.map(({ startedMicros }) => startedMicros))
  const endDisturbance = ticks.flat().filter(({ atMicros }) => atMicros <= firstBlow)
  const sum = (read: (tick: Tick) => number) => endDisturbance.reduce((all, tick) => all + read(tick), 0)
  const failed = sum(({ failures }) => total(failures))
  return failed / Math.max(1, failed + sum(({ connects }) => connects))
}
