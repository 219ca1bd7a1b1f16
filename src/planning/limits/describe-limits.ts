import { formatBytes, formatCount } from '../../base/format.js'
import { columns, wrap } from '../text-layout.js'
import { firstToBreak, type Limit, strainOf } from './limit.js'

const signs = { fine: '✓', tight: '!', breaks: '✗', unknown: '?' } as const

/** Every limit as a line: how it stands, what is needed and what there is. Then the way out of those that are not fine. */
export function describeLimits(limits: readonly Limit[]): string {
  const first = firstToBreak(limits)
  const rows = limits.map((limit) => {
    const strain = strainOf(limit)
    const word = limit === first ? 'breaks first' : strain
    return [
      signs[strain],
      limit.name,
      amount(limit.needed, limit),
      limit.available === null ? 'not told' : amount(limit.available, limit),
      word,
    ]
  })
  const head = ['', 'limit', 'needed', 'available', '']
  const wayOut = limits
    .filter((limit) => ['tight', 'breaks'].includes(strainOf(limit)))
    .toSorted((one, other) => Number(other === first) - Number(one === first))
  return [
    ...columns([head, ...rows]),
    ...(wayOut.length > 0 ? ['', ...wayOut.flatMap(describeWayOut)] : []),
  ].join('\n')
}

function describeWayOut(limit: Limit): string[] {
  const words = strainOf(limit) === 'breaks' ? limit.refusal : `${limit.name} is tight`
  return [
    ...wrap(words, { bullet: `${signs[strainOf(limit)]} ` }),
    // Commands are to be copied, and so stay on one line.
    `  ${limit.fix}`,
  ]
}

function amount(value: number, { unit }: Limit): string {
  return unit === 'bytes' ? formatBytes(value) : formatCount(value)
}
