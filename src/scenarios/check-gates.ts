import { nearest } from '../nearest.js'
import { whyNotLive } from '../results/abort-watch.js'
import { UNEXPLAINED } from '../results/delivery/types.js'
import { type Gate, parseGate } from '../results/gates.js'
import type { SelectorKey } from '../results/metric.js'
import { formatDuration } from '../units.js'
import type { ScheduledEvent } from './chaos-schema.js'
import type { Draft } from './draft.js'
import { numberEvents } from './event-order.js'
import { type Complaint, complaint } from './explain-issue.js'
import { nodesAdded } from './plan-events.js'
import type { Scenario } from './schema.js'

/**
 * Gates that this scenario can't be put to: they name an event, phase, channel or node it will not have, look for a window
 * longer than it measures, or would end the run for what is known only after it. Says nothing while parts that decide it are
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

function checkSelector({ selector }: Gate, path: Complaint['path'], draft: Draft): Complaint[] {
  const known = selector ? namesOf(selector.key, draft) : null
  if (!selector || !known || known.includes(selector.value)) return []
  return [unknownName(path, selector, known)]
}

/** What a selector may name; null where that is not known before the run. */
function namesOf(key: SelectorKey, { chaos, cluster, traffic }: Draft): readonly string[] | null {
  const events = chaos.filter((event): event is ScheduledEvent => event !== undefined)
  const channels = traffic.flatMap((entry) => (entry ? [entry.channel.name] : []))
  const ids = events.length === chaos.length ? numberEvents(events).map(({ id }) => id) : null
  const names: Readonly<Record<SelectorKey, readonly string[] | null>> = {
    phase: ids && ['warmup', 'steady', ...ids],
    event: ids,
    cause: ids && [UNEXPLAINED, ...ids],
    at: ids && ['start', 'end', 'worst', 'overall', ...ids],
    channel: channels.length === traffic.length ? channels : null,
    // A target's are heard of in the run.
    node: ids && cluster ? nodeIds(cluster.nodes + nodesAdded(events)) : null,
    code: null,
  }
  return names[key]
}

function nodeIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index + 1}`)
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
  const what = `no ${key === 'at' ? 'moment' : key} ${value} in this scenario`
  return { path, isAboutKey: false, what, expected, hint: meant && `did you mean "${meant}"?` }
}
