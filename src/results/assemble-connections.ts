import { summarizeEncoded } from './latency.js'
import { sumByName } from './records.js'
import type { Result, TimelineRow } from './result.js'
import type { RunRecord } from './run-record.js'

/** Connections of all workers together. */
export function connectionsOf(record: RunRecord, timeline: readonly TimelineRow[]): Result['connections'] {
  const counts = record.workers.map(({ connections }) => connections)
  const sum = (read: (own: (typeof counts)[number]) => number) =>
    counts.reduce((all, own) => all + read(own), 0)
  return {
    attempted: sum((own) => own.attempted),
    opened: sum((own) => own.opened),
    failed: sumByName(counts.map((own) => own.failed)),
    peak: timeline.reduce((peak, row) => Math.max(peak, row.connected), 0),
    reconnects: sum((own) => own.reconnects),
    closeCodes: sumByName(counts.map((own) => own.closeCodes)),
    openedInMs: Math.round((record.connectFinishedMicros - record.connectStartedMicros) / 1000),
    connectMicros: summarizeEncoded(record.workers.map(({ histograms }) => histograms.connect)),
    downtimeMicros: summarizeEncoded([record.breaks.downtime]),
  }
}
