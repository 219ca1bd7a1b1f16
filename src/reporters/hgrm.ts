import { escapeText } from '../base/escape.js'
import { decodeHistogram } from '../results/latency/histogram.js'
import type { Reporter } from './reporter.js'

const TICKS_PER_HALF_DISTANCE = 5
const MICROS_PER_MS = 1000

/** HdrHistogram percentile distribution, in the format of its plotter. */
export const hgrm: Reporter = {
  kind: 'hgrm',
  summary: 'HdrHistogram percentile distribution: the latency of the run, ms from planned send',
  render({ scenario, latency }) {
    const all = decodeHistogram(latency.fromPlannedSend.histogram)
    const distribution = all.outputPercentileDistribution(TICKS_PER_HALF_DISTANCE, MICROS_PER_MS)
    return `${distribution}#[wsbench ${escapeText(scenario.name)}: ms from planned send]\n`
  },
}
