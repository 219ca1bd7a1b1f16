import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { command, type HookArguments, hookEndMs, hookFields, hookWindowMs, injectHook } from './hook.js'

const name = z.string({ error: 'expected a name' }).regex(/^[a-z0-9]([a-z0-9./-]*[a-z0-9])?$/, {
  error: 'expected a name as Kubernetes has it, such as deployment/ws',
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
export const kubectl: ChaosEvent<KubectlArguments> = {
  kind: 'kubectl',
  summary: 'delete a pod at once, scale, restart a rollout, or cordon a machine (undone at the end)',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  worksOnTargets: true,
  arguments: z
    .strictObject({
      action: z.enum(['delete-pod', 'scale', 'rollout-restart', 'cordon']),
      name: name.describe('pod, deployment/ws, or machine'),
      replicas: z.int().min(0).max(10_000).optional().describe('scale: to how many'),
      restore: z.int().min(0).max(10_000).optional().describe('scale: to how many after `for`'),
      namespace: name.optional(),
      context: z
        .string()
        .regex(/^[^-\s]\S*$/, { error: 'expected the name of a context' })
        .optional(),
      ...hookFields,
    })
    .refine(({ action, replicas }) => (action === 'scale') === (replicas !== undefined), {
      path: ['replicas'],
      error: 'expected with action scale, and only there',
    }),
  windowMs: hookWindowMs,
  endMs: hookEndMs,
  announce: (action) =>
    [doing(action), undoing(action)].flatMap((parts) => (parts ? [hook(parts, action).words] : [])),
  inject(_cluster, action, context) {
    const undo = undoing(action)
    return injectHook(action, context, hook(doing(action), action), undo && hook(undo, action))
  },
}

function hook(parts: readonly string[], { namespace, context, timeout }: KubectlArguments) {
  const where = [
    ...(context ? [`--context=${context}`] : []),
    ...(namespace ? [`--namespace=${namespace}`] : []),
  ]
  return command(['kubectl', ...where, ...parts], timeout)
}

function doing({ action, name: target, replicas }: KubectlArguments): readonly string[] {
  switch (action) {
    case 'delete-pod':
      return ['delete', 'pod', target, '--grace-period=0', '--force', '--wait=false']
    case 'scale':
      return ['scale', target, `--replicas=${replicas}`]
    case 'rollout-restart':
      return ['rollout', 'restart', target]
    case 'cordon':
      return ['cordon', target]
  }
}

/** A machine does not stay cordoned. */
function undoing({ action, name: target, restore }: KubectlArguments): readonly string[] | null {
  if (action === 'cordon') return ['uncordon', target]
  return action === 'scale' && restore !== undefined ? ['scale', target, `--replicas=${restore}`] : null
}
