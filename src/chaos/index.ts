import type { z } from 'zod'
import { nodeDrain } from './node-drain.js'
import { nodeKill } from './node-kill.js'
import { scaleOut } from './scale-out.js'

/** Every chaos event, by the name a scenario uses. Schema, `list`, docs and the contract tests follow from it. */
export const events = {
  'scale-out': scaleOut,
  'node-kill': nodeKill,
  'node-drain': nodeDrain,
} as const

export type EventKind = keyof typeof events

/** An event with its validated arguments, told apart by `event`. */
export type EventArguments = {
  [Kind in EventKind]: { readonly event: Kind } & z.infer<(typeof events)[Kind]['arguments']>
}[EventKind]
