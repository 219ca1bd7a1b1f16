import { z } from 'zod'
import { command, type HookArguments, hookEvent, hookFields } from './hook.js'

const name = z.string({ error: 'expected a name' }).regex(/^[a-z0-9]([a-z0-9./-]*[a-z0-9])?$/, {
  error: 'expected a Kubernetes name, such as deployment/ws',
})

interface KubectlArguments extends HookArguments {
  readonly action: 'delete-pod' | 'scale' | 'rollout-restart' | 'cordon'
  readonly name: string
  readonly replicas?: number | undefined
  readonly restore?: number | undefined
  readonly namespace?: string | undefined
  readonly context?: string | undefined
}

/** What a team does to its own deployment. */
export const kubectl = hookEvent<KubectlArguments>({
  kind: 'kubectl',
  summary: 'delete a pod at once, scale, restart a rollout, or cordon a machine (undone at the end)',
  arguments: z
    .strictObject({
      action: z.enum(['delete-pod', 'scale', 'rollout-restart', 'cordon']).describe('what to do'),
      name: name.describe('pod, deployment/ws, or machine'),
      replicas: z.int().min(0).max(10_000).optional().describe('scale: to how many'),
      restore: z.int().min(0).max(10_000).optional().describe('scale: to how many after `for`'),
      namespace: name.optional().describe('namespace of the object'),
      context: z
        .string()
        .regex(/^[^-\s]\S*$/, { error: 'expected the name of a context' })
        .optional()
        .describe('context of the kubectl configuration'),
      ...hookFields,
    })
    .refine(({ action, replicas }) => (action === 'scale') === (replicas !== undefined), {
      path: ['replicas'],
      error: 'expected with action scale, and only there',
    }),
  hook: (action) => kubectlCommand(action, commandOf(action)),
  undo(action) {
    const undo = undoOf(action)
    return undo && kubectlCommand(action, undo)
  },
})

function kubectlCommand({ namespace, context, timeout }: KubectlArguments, parts: readonly string[]) {
  const where = [
    ...(context ? [`--context=${context}`] : []),
    ...(namespace ? [`--namespace=${namespace}`] : []),
  ]
  return command(['kubectl', ...where, ...parts], timeout)
}

function commandOf({ action, name: object, replicas }: KubectlArguments): readonly string[] {
  switch (action) {
    case 'delete-pod':
      return ['delete', 'pod', object, '--grace-period=0', '--force', '--wait=false']
    case 'scale':
      return ['scale', object, `--replicas=${replicas}`]
    case 'rollout-restart':
      return ['rollout', 'restart', object]
    case 'cordon':
      return ['cordon', object]
  }
}

/** A cordon is always undone. */
function undoOf({ action, name: object, restore }: KubectlArguments): readonly string[] | null {
  if (action === 'cordon') return ['uncordon', object]
  return action === 'scale' && restore !== undefined ? ['scale', object, `--replicas=${restore}`] : null
}
