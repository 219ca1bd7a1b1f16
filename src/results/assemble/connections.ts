import { sumByName, total } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { summarizeEncoded } from '../latency/summary.js'
import { mergeRefusals } from '../refusals.js'
import type { Result, TimelineRow } from '../result.js'
import type { RunRecord } from '../run-record.js'

/** Connections of all workers together. */
export function connectionsOf(record: RunRecord, timeline: readonly TimelineRow[]): Result['connections'] {
  const counts = record.workers.map(({ connections }) => connections)
  return {
    attempted: sumOf(counts, ({ attempted }) => attempted),
    opened: sumOf(counts, ({ opened }) => opened),
    failed: sumByName(counts.map(({ failed }) => failed)),
    failedBeforeEventsShare: failedBeforeEventsShare(record),
    peak: timeline.reduce((peak, { connected }) => Math.max(peak, connected), 0),
    neverSubscribed: record.delivery.clientsNeverSubscribed,
    publishersNeverConnected: sumOf(counts, ({ publishersNeverConnected }) => publishersNeverConnected),
    refusals: refusalsOf(record),
    reconnects: sumOf(counts, ({ reconnects }) => reconnects),
    closeCodes: sumByName(counts.map(({ closeCodes }) => closeCodes)),
    heartbeats: {
      sent: sumOf(counts, ({ heartbeats }) => heartbeats.sent),
      answered: sumOf(counts, ({ heartbeats }) => heartbeats.answered),
      missed: sumOf(counts, ({ heartbeats }) => heartbeats.missed),
    },
    rampUpMs: Math.round((record.connectFinishedMicros - record.connectStartedMicros) / 1000),
    connectMicros: summarizeEncoded(record.workers.map(({ histograms }) => histograms.connect)),
    downtimeMicros: summarizeEncoded([record.disconnects.downtime]),
  }
}

function refusalsOf({ workers, measureMicros }: RunRecord): Result['connections']['refusals'] {
  const merged = mergeRefusals(workers.flatMap(({ connections }) => connections.refusals))
  return merged.map(({ firstMicros, ...refusal }) => ({
    ...refusal,
    firstAtMs: Math.round((firstMicros - measureMicros) / 1000),
  }))
}

/** From the first event on, failed attempts are a result of the run; before it, they are a fault of the set-up. */
function failedBeforeEventsShare({ ticks, events }: RunRecord): number {
  const firstEventMicros = Math.min(...events.map(({ startedMicros }) => startedMicros))
  const before = ticks.flat().filter(({ atMicros }) => atMicros <= firstEventMicros)
  const failed = sumOf(before, ({ failures }) => total(failures))
  return failed / Math.max(1, failed + sumOf(before, ({ connects }) => connects))
}
