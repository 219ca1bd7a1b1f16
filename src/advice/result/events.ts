import type { EventResult, Result } from '../../results/result.js'

/** Events of these kinds that cost what `matters` says. */
export function eventsOf(
  { events }: Result,
  kinds: readonly string[],
  matters: (event: EventResult) => boolean,
): EventResult[] {
  return events.filter((event) => kinds.includes(event.kind) && matters(event))
}

/** `node-drain#1, rolling-deploy#1` */
export function namesOf(events: readonly EventResult[]): string {
  return events.map(({ id }) => id).join(', ')
}

/** Events that take nodes out of service. */
export const drains = ['node-drain', 'rolling-deploy', 'scale-in']
