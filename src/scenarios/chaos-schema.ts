import { z } from 'zod'
import { quantity } from '../base/fields.js'
import { duration } from '../base/quantity.js'
import { events } from '../chaos/index.js'
import type { ScheduledEvent } from '../chaos/planned-event.js'

/** One alternative for each event of the registry, told apart by `event`. */
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
      at: quantity(duration).describe('when it happens, from the start of the measure phase'),
      event: z.literal(kind),
      ...event.arguments.shape,
    })
    .check(...((event.arguments.def.checks ?? []) as z.core.$ZodCheck<unknown>[]))
    .describe(event.summary)
}
