import { formatBytes, formatMicros, formatShare, plural } from '../../base/format.js'
import { readingsOf } from '../../results/assemble/bounds.js'
import type { Result } from '../../results/result.js'
import type { Page } from '../page.js'

/** Whether the generator itself kept up, and what each part took. */
export function generatorBlock(result: Result, page: Page): string[] {
  const { workers, sendDelayP99Micros } = result.generator
  if (workers.length === 0) return []
  const worst = (read: (worker: (typeof workers)[number]) => number) => Math.max(...workers.map(read))
  return [
    page.heading('Generator'),
    ...page.facts([
      plural(workers.length, 'worker'),
      `busiest at ${formatShare(
        worst((worker) => worker.cpuShareMax),
        2,
      )} of a core`,
      `loop lag p99 ${formatMicros(worst((worker) => worker.eventLoopLagP99Micros))}`,
      `send delay p99 ${formatMicros(sendDelayP99Micros)}`,
    ]),
    ...readingsOf(result)
      .filter(({ isNear }) => isNear)
      .flatMap(({ words, isExceeded }) =>
        page.item(
          page.paint('yellow', isExceeded ? '?' : '!'),
          `${isExceeded ? 'past' : 'near'} its bound: ${words}`,
        ),
      ),
    ...page.facts(memory(result)).map((line) => page.paint('dim', line)),
    ...page.facts(cpu(result)).map((line) => page.paint('dim', line)),
  ]
}

function memory({ cluster: { peaks, nodes } }: Result): string[] {
  const names = new Set(nodes)
  const ofNodes = Object.entries(peaks).flatMap(([part, { rssBytes }]) => (names.has(part) ? [rssBytes] : []))
  const others = Object.entries(peaks).filter(([part]) => !names.has(part))
  return [
    ...others.map(
      ([part, { rssBytes }], index) => `${index === 0 ? 'memory: ' : ''}${part} ${formatBytes(rssBytes)}`,
    ),
    ...(ofNodes.length > 0 ? [`a node at most ${formatBytes(Math.max(...ofNodes))}`] : []),
  ]
}

/** Cores that each part kept busy in the measure phase. */
function cpu({ cluster: { peaks, nodes }, scenario }: Result): string[] {
  const seconds = scenario.plan.phases.measureMs / 1000
  const names = new Set(nodes)
  const cores = (parts: readonly string[]) =>
    parts.reduce((sum, part) => sum + (peaks[part]?.measuredCpuMicros ?? 0), 0) / 1e6 / seconds
  const others = Object.keys(peaks).filter((part) => !names.has(part))
  const groups = [...others.map((part) => [part, [part]] as const), ['all nodes', nodes] as const]
  return groups
    .filter(([, parts]) => parts.some((part) => Object.hasOwn(peaks, part)))
    .map(
      ([name, parts], index) =>
        `${index === 0 ? 'CPU: ' : ''}${name} ${formatShare(cores(parts), 2)} of a core`,
    )
}
