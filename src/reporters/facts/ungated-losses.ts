import { losses } from '../../results/delivery/types.js'
import { type Gate, parseGate } from '../../results/gates/gates.js'
import type { Result } from '../../results/result.js'

/** Metrics that judge every loss. */
const ofEveryLoss: ReadonlySet<string> = new Set([
  'delivery.lost',
  'delivery.lostShare',
  'delivery.availability',
])

/**
 * The metrics of losses that no gate looks at, such as `delivery.lostWhileOffline` or `delivery.lost{cause=node-kill#1}`. A
 * gate on one phase, channel or node looks at none of them as a whole.
 */
export function ungatedLosses({ delivery, gates }: Pick<Result, 'delivery' | 'gates'>): string[] {
  const judged = gates.flatMap(({ expression, value }) => (value === null ? [] : parsed(expression)))
  const whole = new Set(judged.flatMap(({ metric, selector }) => (selector === null ? [metric] : [])))
  if (delivery.lost === 0 || [...ofEveryLoss].some((metric) => whole.has(metric))) return []
  const causes = new Set(
    judged.flatMap(({ metric, selector }) =>
      selector?.key === 'cause' && ofEveryLoss.has(metric) ? [selector.value] : [],
    ),
  )
  const classes = losses.filter((name) => delivery[name] > 0)
  const openClasses = classes.filter((name) => !whole.has(`delivery.${name}`))
  if (openClasses.length < classes.length) return openClasses.map((name) => `delivery.${name}`)
  const lossyCauses = Object.entries(delivery.byCause).filter(([, { lost }]) => lost > 0)
  const openCauses = lossyCauses.filter(([cause]) => !causes.has(cause))
  if (openCauses.length === lossyCauses.length) return ['delivery.lost']
  return openCauses.map(([cause]) => `delivery.lost{cause=${cause}}`)
}

/** A saved result may have a gate that this version does not know: for it, that gate judges nothing. */
function parsed(expression: string): Gate[] {
  try {
    return [parseGate(expression)]
  } catch {
    return []
  }
}
