/** What the script in a report draws: the page contains it as JSON. */
export interface ReportData {
  readonly charts: readonly ChartSpec[]
  /** Marked on every chart over time. */
  readonly bands: readonly Band[]
  /** Time outside the measure phase is shaded; null if no chart is over time. */
  readonly measureSeconds: number | null
}

export interface ChartSpec {
  /** The element it is drawn into. */
  readonly id: string
  /** What x is: seconds of the measure phase, −log10(1 − share), or µs. */
  readonly axis: 'seconds' | 'nines' | 'micros'
  readonly unit: ChartUnit
  readonly isLog: boolean
  readonly heightPx: number
  readonly x: readonly number[]
  readonly series: readonly SeriesSpec[]
}

/** micros: µs; share: 0 … 1. */
export type ChartUnit = 'micros' | 'count' | 'share'

export interface SeriesSpec {
  readonly label: string
  readonly color: ColorName
  readonly look: 'line' | 'dashed' | 'area' | 'bars'
  /** One for each x; null where there is none. */
  readonly values: readonly (number | null)[]
}

/** Variables of the style sheet, `--blue` …: distinguishable by colour-blind readers, in light and dark. */
export type ColorName = 'blue' | 'orange' | 'green' | 'purple' | 'sky' | 'yellow' | 'gray'

/** What happened between two seconds of the measure phase. */
export interface Band {
  readonly label: string
  readonly fromSeconds: number
  readonly toSeconds: number
}
