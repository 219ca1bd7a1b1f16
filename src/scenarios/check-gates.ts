import { nearest } from '../nearest.js'
import { parseGate } from '../results/gates.js'
import type { ScheduledEvent } from './chaos-schema.js'
import type { Draft } from './draft.js'
import { numberEvents } from './event-order.js'
import type { Complaint } from './explain-issue.js'

/**
 * Selectors of gates that name what this scenario will not have: an event, phase, channel. Says nothing while parts
 * that decide it are themselves in error.
 */
export function checkGates({ gates, chaos, traffic }: Draft): Complaint[] {
  const events = chaos.filter((event): event is ScheduledEvent => event !== undefined)
  const ids = numberEvents(events).map(({ id }) => id)
  const channels = traffic.flatMap((entry) => (entry ? [entry.channel.name] : []))
  const eventsKnown = events.length === chaos.length
  const names: Readonly<Record<string, readonly string[] | false>> = {
    phase: eventsKnown && ['warmup', 'steady', ...ids],
    event: eventsKnown && ids,
    cause: eventsKnown && ['unexplained', ...ids],
    at: eventsKnown && ['start', 'end', ...ids],
    channel: channels.length === traffic.length && channels,
  }
  return gates.flatMap((expression, index) => {
    const selector = understood(expression)?.selector
    const known = selector ? names[selector.key] : undefined
    if (!selector || !known || known.includes(selector.value)) return []
    return [unknownName(['gates', index], selector, known)]
  })
}

function understood(expression: unknown): ReturnType<typeof parseGate> | undefined {
  try {
    return typeof expression === 'string' ? parseGate(expression) : undefined
  } catch {
    return undefined
  }
}

function unknownName(
  path: Complaint['path'],
  { key, value }: { readonly key: string; readonly value: string },
  known: readonly string[],
): Complaint {
  const meant = nearest(value, known)
  const expected =
    known.length === 0 ? 'no such selector: the scenario has none' : `one of ${known.join(', ')}`
  const what = `no ${key} ${value} in this scenario`
  return { path, isAboutKey: false, what, expected, hint: meant && `did you mean "${meant}"?` }
}
