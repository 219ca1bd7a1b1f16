import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../base/package-info.js'

/** What every page contains. The build puts it into dist/assets. */
export interface Assets {
  readonly style: string
  /** uPlot, then what draws the charts of a `ReportData`. */
  readonly scripts: readonly string[]
}

let loaded: Assets | null = null

/** Read once, when the first page is made. */
export function assets(): Assets {
  loaded ??= {
    style: `${read('uPlot.min.css')}\n${read('report.css')}`,
    scripts: [read('uPlot.iife.min.js'), read('report.js')],
  }
  return loaded
}

function read(name: string): string {
  return readFileSync(join(packageRoot, 'dist/assets', name), 'utf8')
}
