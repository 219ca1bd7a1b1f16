import { z } from 'zod'
import { quantity } from '../base/fields.js'
import { duration } from '../base/quantity.js'
import { events } from '../chaos/index.js'
import type { ScheduledEvent } from '../chaos/planned-event.js'

/** An entry of `chaos:`. Its key `event` selects the event, which defines the other keys. */
export const chaosEntrySchema = z.discriminatedUnion(
  'event',
  Object.entries(events).map(([kind, event]) => alternative(kind, event)) as [z.ZodObject, ...z.ZodObject[]],
) as unknown as z.ZodType<ScheduledEvent>

function alternative(
  kind: string,
  event: { readonly summary: string; readonly arguments: z.ZodType },
): z.ZodObject {
  if (!(event.arguments instanceof z.ZodObject))
    throw new TypeError(`arguments of ${kind} must be a strictObject`)
  return z
    .strictObject({
      at: quantity(duration).describe('time from the start of the measure phase to the event'),
      event: z.literal(kind).describe('the kind of event'),
      ...event.arguments.shape,
    })
    .check(...((event.arguments.def.checks ?? []) as z.core.$ZodCheck<unknown>[]))
    .describe(event.summary)
}
