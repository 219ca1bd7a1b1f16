import { nearest } from '../nearest.js'
import { whyNotLive } from '../results/abort-watch.js'
import { type Gate, parseGate } from '../results/gates.js'
import { formatDuration } from '../units.js'
import type { ScheduledEvent } from './chaos-schema.js'
import type { Draft } from './draft.js'
import { numberEvents } from './event-order.js'
import { type Complaint, complaint } from './explain-issue.js'
import type { Scenario } from './schema.js'

/**
 * Gates that this scenario can't be put to: they name an event, phase or channel it will not have, look for a window longer
 * than it measures, or would end the run for what is known only after it. Says nothing while parts that decide it are
 * themselves in error.
 */
export function checkGates(draft: Draft): Complaint[] {
  return draft.gates.flatMap((entry, index) => {
    const gate = entry && understood(entry.gate)
    if (!gate) return []
    return [
      ...checkSelector(gate, ['gates', index], draft),
      ...checkWindow(gate, ['gates', index], draft),
      ...checkAbort(entry, gate, ['gates', index]),
    ]
  })
}

function checkWindow({ windowMs }: Gate, path: Complaint['path'], { phases }: Draft): Complaint[] {
  if (windowMs === null || !phases || windowMs <= phases.measure) return []
  const what = `no window of ${formatDuration(windowMs)} in a measure phase of ${formatDuration(phases.measure)}`
  return [complaint(path, what, 'a window no longer than phases.measure')]
}

function checkAbort(
  { abortOnFail }: Scenario['gates'][number],
  gate: Gate,
  path: Complaint['path'],
): Complaint[] {
  const why = abortOnFail ? whyNotLive(gate) : null
  return why === null ? [] : [complaint(path, why, 'a gate without abortOnFail, or one on latency')]
}

function checkSelector({ selector }: Gate, path: Complaint['path'], { chaos, traffic }: Draft): Complaint[] {
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
  const known = selector ? names[selector.key] : undefined
  if (!selector || !known || known.includes(selector.value)) return []
  return [unknownName(path, selector, known)]
}

function understood(expression: string): Gate | undefined {
  try {
    return parseGate(expression)
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
