import { HistogramLogWriter } from 'hdr-histogram-js'
import { escapeText } from '../base/escape.js'
import { decodeHistogram } from '../results/latency/histogram.js'
import type { Reporter } from './reporter.js'

const MICROS_PER_MS = 1000

/** HdrHistogram log 1.3: the latency of each second of the measure phase, and of what came after it. */
export const hlog: Reporter = {
  kind: 'hlog',
  summary: 'HdrHistogram log: the latency of each second, µs from planned send',
  render({ scenario, startedAt, timeline }) {
    const lines: string[] = []
    const writer = new HistogramLogWriter((line) => lines.push(line))
    const startSeconds = new Date(startedAt).getTime() / 1000
    writer.outputComment(`[wsbench ${escapeText(scenario.name)}: µs from planned send, Interval_Max in ms]`)
    writer.outputLogFormatVersion()
    // The library's outputStartTime depends on the local time zone.
    writer.outputComment(`[StartTime: ${startSeconds.toFixed(3)} (seconds since epoch), ${startedAt}]`)
    writer.outputComment(`[BaseTime: ${startSeconds.toFixed(3)} (seconds since epoch)]`)
    writer.outputLegend()
    const firstMs = timeline[0]?.tMs ?? 0
    for (const { tMs, histogram } of timeline) {
      if (tMs < 0 || histogram === null) continue
      const start = (tMs - firstMs) / 1000
      writer.outputIntervalHistogram(decodeHistogram(histogram), start, start + 1, MICROS_PER_MS)
    }
    return lines.join('')
  },
}
