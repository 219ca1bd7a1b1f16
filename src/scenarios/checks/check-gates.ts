import { formatDuration } from '../../base/format.js'
import { nearest } from '../../base/nearest.js'
import type { ScheduledEvent } from '../../chaos/planned-event.js'
import { nodesAdded, numberEvents, planEvents, planSpans } from '../../plan/events.js'
import type { PhaseSpan } from '../../plan/plan.js'
import { UNEXPLAINED } from '../../results/delivery/types.js'
import { whyNotLive } from '../../results/gates/abort-gates.js'
import { type Gate, parseGate } from '../../results/gates/gates.js'
import type { SelectorKey } from '../../results/gates/metric.js'
import type { Scenario } from '../schema.js'
import { type Issue, issueAt } from '../yaml/explain-issue.js'
import type { Draft } from './draft.js'

/**
 * Gates that can't be evaluated in this scenario. They name an event, phase, channel or node that will not exist, use a
 * window longer than their phase, or have abortOnFail on a metric that is known only after the run. Checks that depend on an
 * invalid part of the scenario are skipped.
 */
export function checkGates(draft: Draft): Issue[] {
  const spans = spansOf(draft)
  return draft.gates.flatMap((entry, index) => {
    const gate = entry && parsed(entry.gate)
    if (!gate) return []
    const path = ['gates', index]
    const unknown = checkSelector(gate, path, draft)
    if (unknown.length > 0) return unknown
    return [...checkWindow(gate, path, spans), ...checkAbort(entry, gate, path, spans)]
  })
}

/** The phases as they will be planned; null if a part that decides them is invalid. */
function spansOf({ phases, chaos, cluster, target }: Draft): readonly PhaseSpan[] | null {
  const events = chaos.filter((event): event is ScheduledEvent => event !== undefined)
  // No event that works on a target depends on the cluster.
  const setting = target ? { nodes: 0, drain: { window: 0 } } : cluster
  if (!phases || !setting || events.length < chaos.length) return null
  return planSpans(phases, planEvents({ chaos: events, cluster: setting }))
}

/** What a gate covers: the whole measure phase, or the segments of the phase it names. */
function segmentsOf({ selector }: Gate, spans: readonly PhaseSpan[]): readonly Segment[] {
  const measured = { startMs: 0, endMs: spans.at(-1)?.endMs ?? 0 }
  return selector?.key === 'phase' ? spans.filter(({ name }) => name === selector.value) : [measured]
}

type Segment = Pick<PhaseSpan, 'startMs' | 'endMs'>

/** Windows cover whole seconds of the timeline. */
function wholeSecondsMs({ startMs, endMs }: Segment): number {
  return Math.max(0, Math.floor(endMs / 1000) - Math.ceil(startMs / 1000)) * 1000
}

function checkWindow(gate: Gate, path: Issue['path'], spans: readonly PhaseSpan[] | null): Issue[] {
  if (gate.windowMs === null || !spans) return []
  const longestMs = Math.max(0, ...segmentsOf(gate, spans).map(wholeSecondsMs))
  if (gate.windowMs <= longestMs) return []
  const what = `no window of ${formatDuration(gate.windowMs)} fits into ${phaseOf(gate)}`
  const most = `at most ${formatDuration(longestMs)}, its longest run of whole seconds`
  return [issueAt(path, what, longestMs > 0 ? most : 'a phase of at least one whole second')]
}

function checkAbort(
  { abortOnFail, after }: Scenario['gates'][number],
  gate: Gate,
  path: Issue['path'],
  spans: readonly PhaseSpan[] | null,
): Issue[] {
  if (!abortOnFail) return []
  const why = whyNotLive(gate)
  if (why !== null) return [issueAt(path, why, 'a gate without abortOnFail, or one on latency')]
  if (!spans) return []
  const measured = segmentsOf(gate, spans).filter(({ startMs }) => startMs >= 0)
  if (measured.length === 0) {
    const what = 'abortOnFail evaluates no second before the measure phase'
    return [issueAt(path, what, 'a gate without abortOnFail, or on a phase that is measured')]
  }
  const lastMs = Math.max(...measured.map(({ endMs }) => Math.floor(endMs / 1000) * 1000))
  // The last second of the measure phase is too late to abort.
  const measureMs = spans.at(-1)!.endMs
  if (after < measureMs && after <= lastMs) return []
  const what = `abortOnFail evaluates no second of ${phaseOf(gate)} after ${formatDuration(after)}`
  const expected =
    lastMs < measureMs ? `at most ${formatDuration(lastMs)}` : `less than ${formatDuration(lastMs)}`
  return [issueAt([...path, 'after'], what, expected)]
}

function phaseOf({ selector }: Gate): string {
  return selector ? `phase ${selector.value}` : 'the measure phase'
}

function checkSelector({ selector }: Gate, path: Issue['path'], draft: Draft): Issue[] {
  const known = selector ? namesOf(selector.key, draft) : null
  if (!selector || !known || known.includes(selector.value)) return []
  return [unknownName(path, selector, known)]
}

/** The values that a selector may have; null if they are not known before the run. */
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
    // The nodes of a target become known during the run.
    node: ids && cluster ? nodeIds(cluster.nodes + nodesAdded(events)) : null,
    code: null,
    kind: null,
  }
  return names[key]
}

function nodeIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index + 1}`)
}

function parsed(expression: string): Gate | undefined {
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
  const expected = known.length === 0 ? `a gate without {${key}=…}` : `one of ${known.join(', ')}`
  const what = `no ${key === 'at' ? 'moment' : key} ${value} in this scenario`
  return { path, isAboutKey: false, what, expected, hint: meant && `did you mean "${meant}"?` }
}
