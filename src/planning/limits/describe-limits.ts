import { formatBytes, formatCount } from '../../base/format.js'
import { columns, wrap } from '../text-layout.js'
import { firstExceeded, type Limit, statusOf } from './limit.js'

const signs = { ok: '✓', tight: '!', exceeded: '✗', unknown: '?' } as const

/** A table of all limits with their status, then the message and fix of each that is tight or exceeded. */
export function describeLimits(limits: readonly Limit[]): string {
  const first = firstExceeded(limits)
  const rows = limits.map((limit) => {
    const status = statusOf(limit)
    return [
      signs[status],
      limit.name,
      amount(limit.needed, limit),
      limit.available === null ? '-' : amount(limit.available, limit),
      limit === first ? 'exceeded first' : status,
    ]
  })
  const head = ['', 'limit', 'needed', 'available', 'status']
  const fixes = limits
    .filter((limit) => ['tight', 'exceeded'].includes(statusOf(limit)))
    .toSorted((one, other) => Number(other === first) - Number(one === first))
  return [...columns([head, ...rows]), ...(fixes.length > 0 ? ['', ...fixes.flatMap(describeFix)] : [])].join(
    '\n',
  )
}

function describeFix(limit: Limit): string[] {
  const status = statusOf(limit)
  return [
    ...wrap(status === 'exceeded' ? limit.message : `${limit.name} is tight`, {
      bullet: `${signs[status]} `,
    }),
    // A command stays on one line, so that it can be copied.
    `  ${limit.fix}`,
  ]
}

function amount(value: number, { unit }: Limit): string {
  return unit === 'bytes' ? formatBytes(value) : formatCount(value)
}
