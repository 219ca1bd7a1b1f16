import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import {
  command,
  type Hook,
  type HookArguments,
  hookEndMs,
  hookFields,
  hookWindowMs,
  injectHook,
} from './hook.js'

/** Each action, and what undoes it after `for` where that is not 0. */
const actions = {
  kill: 'start',
  stop: 'start',
  restart: null,
  start: null,
  pause: 'unpause',
  unpause: null,
} as const

type Action = keyof typeof actions

interface DockerArguments extends HookArguments {
  readonly action: Action
  readonly container: string
}

/** `docker <action> <container>`. */
export const docker: ChaosEvent<DockerArguments> = {
  kind: 'docker',
  summary: 'kill, stop, restart or pause a container; with `for` it is started again',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  worksOnTargets: true,
  arguments: z.strictObject({
    action: z.enum(Object.keys(actions) as [Action, ...Action[]]).default('kill'),
    container: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: 'expected a container’s name or id' }),
    ...hookFields,
  }),
  windowMs: hookWindowMs,
  endMs: hookEndMs,
  announce: (action) =>
    [doing(action), undoing(action)].flatMap((hook) => (hook === null ? [] : [hook.words])),
  inject: (_cluster, action, context) => injectHook(action, context, doing(action), undoing(action)),
}

function doing({ action, container, timeout }: DockerArguments): Hook {
  return command(['docker', action, container], timeout)
}

/** A pause is always undone. */
function undoing({ action, container, timeout, for: forMs }: DockerArguments): Hook | null {
  const undo = actions[action]
  if (undo === null || (forMs === 0 && action !== 'pause')) return null
  return command(['docker', undo, container], timeout)
}
