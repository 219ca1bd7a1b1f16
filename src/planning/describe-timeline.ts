import { formatDuration } from '../base/format.js'
import { eventOf } from '../chaos/index.js'
import type { PlannedEvent } from '../chaos/planned-event.js'
import type { Plan } from '../plan/plan.js'

/** Rows of start, name, length and arguments: phases in order, events as they strike. */
export function describeTimeline({ phases, chaos }: Plan): string[][] {
  const rows = phases.spans.map(({ name, startMs, endMs }) => {
    const event = chaos.find(({ id }) => id === name)
    return [
      formatDuration(startMs),
      name,
      formatDuration(endMs - startMs),
      event ? describeArguments(event) : '',
    ]
  })
  // An event that another of the same moment follows has no span of its own.
  const hidden = chaos.filter(({ id }) => !phases.spans.some(({ name }) => name === id))
  return [
    ...rows,
    ...hidden.map((event) => [formatDuration(event.atMs), event.id, '0s', describeArguments(event)]),
    [formatDuration(phases.measureMs), 'grace', formatDuration(phases.graceMs), ''],
  ]
}

function describeArguments({ action }: PlannedEvent): string {
  const announced = eventOf(action).announce?.(action)
  if (announced) return announced.join('; then ')
  const { event: _event, ...rest } = action
  return Object.entries(rest)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}
