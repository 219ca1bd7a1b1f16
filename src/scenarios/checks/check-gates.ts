import { formatDuration } from '../../base/format.js'
import { nearest } from '../../base/nearest.js'
import type { ScheduledEvent } from '../../chaos/planned-event.js'
import { numberEvents } from '../../plan/event-order.js'
import { nodesAdded, planEvents, planSpans } from '../../plan/event-windows.js'
import type { PhaseSpan } from '../../plan/plan.js'
import { UNEXPLAINED } from '../../results/delivery/types.js'
import { whyNotLive } from '../../results/gates/abort-watch.js'
import { type Gate, parseGate } from '../../results/gates/gates.js'
import type { SelectorKey } from '../../results/gates/metric.js'
import type { Scenario } from '../schema.js'
import { complaint, type Issue } from '../yaml/explain-issue.js'
import type { Draft } from './draft.js'

/**
 * Gates that this scenario can't be put to: they name an event, phase, channel or node it will not have, look for a window
 * longer than any stretch of their phase, or would end the run for what is known only after it. Says nothing while parts that
 * decide it are themselves in error.
 */
export function checkGates(draft: Draft): Issue[] {
  const spans = spansOf(draft)
  return draft.gates.flatMap((entry, index) => {
    const gate = entry && understood(entry.gate)
    if (!gate) return []
    const path = ['gates', index]
    const unknown = checkSelector(gate, path, draft)
    if (unknown.length > 0) return unknown
    return [...checkWindow(gate, path, spans), ...checkAbort(entry, gate, path, spans)]
  })
}

/** The phases as they will be planned; null while what decides them is in error. */
function spansOf({ phases, chaos, cluster, target }: Draft): readonly PhaseSpan[] | null {
  const events = chaos.filter((event): event is ScheduledEvent => event !== undefined)
  // No event that works on a target goes by the cluster.
  const setting = target ? { nodes: 0, drain: { window: 0 } } : cluster
  if (!phases || !setting || events.length < chaos.length) return null
  return planSpans(phases, planEvents({ chaos: events, cluster: setting }))
}

/** Of what a gate is judged by: the whole measure phase, or the stretches of the phase it names. */
function stretchesOf({ selector }: Gate, spans: readonly PhaseSpan[]): readonly Segment[] {
  const measured = { startMs: 0, endMs: spans.at(-1)?.endMs ?? 0 }
  return selector?.key === 'phase' ? spans.filter(({ name }) => name === selector.value) : [measured]
}

type Segment = Pick<PhaseSpan, 'startMs' | 'endMs'>

/** The timeline has whole seconds only. */
function wholeSecondsMs({ startMs, endMs }: Segment): number {
  return Math.max(0, Math.floor(endMs / 1000) - Math.ceil(startMs / 1000)) * 1000
}

function checkWindow(gate: Gate, path: Issue['path'], spans: readonly PhaseSpan[] | null): Issue[] {
  if (gate.windowMs === null || !spans) return []
  const longestMs = Math.max(0, ...stretchesOf(gate, spans).map(wholeSecondsMs))
  if (gate.windowMs <= longestMs) return []
  const what = `no window of ${formatDuration(gate.windowMs)} in ${phaseOf(gate)}`
  const most = `at most ${formatDuration(longestMs)}, its longest stretch of whole seconds`
  return [complaint(path, what, longestMs > 0 ? most : 'a phase of at least a whole second')]
}

function checkAbort(
  { abortOnFail, after }: Scenario['gates'][number],
  gate: Gate,
  path: Issue['path'],
  spans: readonly PhaseSpan[] | null,
): Issue[] {
  if (!abortOnFail) return []
  const why = whyNotLive(gate)
  if (why !== null) return [complaint(path, why, 'a gate without abortOnFail, or one on latency')]
  if (!spans) return []
  const measured = stretchesOf(gate, spans).filter(({ startMs }) => startMs >= 0)
  if (measured.length === 0) {
    const what = 'abortOnFail looks at no second before the measure phase'
    return [complaint(path, what, 'a gate without abortOnFail, or on a phase that is measured')]
  }
  const lastMs = Math.max(...measured.map(({ endMs }) => Math.floor(endMs / 1000) * 1000))
  // What ends with the measure phase ends no run.
  const measureMs = spans.at(-1)!.endMs
  if (after < measureMs && after <= lastMs) return []
  const what = `abortOnFail looks at no second of ${phaseOf(gate)} after ${formatDuration(after)}`
  const expected =
    lastMs < measureMs ? `at most ${formatDuration(lastMs)}` : `less than ${formatDuration(lastMs)}`
  return [complaint([...path, 'after'], what, expected)]
}

function phaseOf({ selector }: Gate): string {
  return selector ? `phase ${selector.value}` : 'the measure phase'
}

function checkSelector({ selector }: Gate, path: Issue['path'], draft: Draft): Issue[] {
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
    kind: null,
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
  path: Issue['path'],
  { key, value }: { readonly key: string; readonly value: string },
  known: readonly string[],
): Issue {
  const meant = nearest(value, known)
  const expected =
    known.length === 0 ? 'no such selector: the scenario has none' : `one of ${known.join(', ')}`
  const what = `no ${key === 'at' ? 'moment' : key} ${value} in this scenario`
  return { path, isAboutKey: false, what, expected, hint: meant && `did you mean "${meant}"?` }
}
