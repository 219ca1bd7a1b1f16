import { formatDuration } from '../base/format.js'
import { eventOf } from '../chaos/index.js'
import type { PlannedEvent } from '../chaos/planned-event.js'
import type { Plan } from '../plan/plan.js'

/** Rows of start, name, length and arguments for all phases and events. */
export function describeTimeline({ phases, chaos }: Plan): string[][] {
  const events = new Map(chaos.map((event) => [event.id, event]))
  const rows = phases.spans.map(({ name, startMs, endMs }) => {
    const event = events.get(name)
    return [
      formatDuration(startMs),
      name,
      formatDuration(endMs - startMs),
      event ? describeArguments(event) : '',
    ]
  })
  // An event at the same time as the next one has no span of its own.
  const shown = new Set(phases.spans.map(({ name }) => name))
  const hidden = chaos.filter(({ id }) => !shown.has(id))
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
