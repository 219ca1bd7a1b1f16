import { z } from 'zod'
import { command, type HookArguments, hookEvent, hookFields } from './hook.js'

/** Each action and the one that undoes it. */
const undoActions = {
  kill: 'start',
  stop: 'start',
  restart: null,
  start: null,
  pause: 'unpause',
  unpause: null,
} as const

type Action = keyof typeof undoActions

interface DockerArguments extends HookArguments {
  readonly action: Action
  readonly container: string
}

/** `docker <action> <container>`. */
export const docker = hookEvent<DockerArguments>({
  kind: 'docker',
  summary: 'kill, stop, restart or pause a container; with `for` it is started again',
  arguments: z.strictObject({
    action: z
      .enum(Object.keys(undoActions) as [Action, ...Action[]])
      .default('kill')
      .describe('the docker command'),
    container: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: 'expected a container’s name or id' })
      .describe('name or id of the container'),
    ...hookFields,
  }),
  hook: ({ action, container, timeout }) => command(['docker', action, container], timeout),
  undo({ action, container, timeout, for: forMs }) {
    const undo = undoActions[action]
    // A pause is always undone, the other actions only with `for`.
    if (undo === null || (forMs === 0 && action !== 'pause')) return null
    return command(['docker', undo, container], timeout)
  },
})
