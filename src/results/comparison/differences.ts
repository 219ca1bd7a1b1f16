import type { Result } from '../result.js'

/** Something that is not the same in all results, with each of its values. */
export interface Difference {
  readonly path: string
  readonly values: readonly string[]
}

/** What follows from the rest, or is the same thing said again. */
const derived =
  /^(workers|estimate|notes|gates|abortGates)\b|\.(binary|processes|firstChannel|firstPublisher)$|^phases\.spans/

/** Where the settings and machines of results differ; what they measured is not looked at. */
export function differencesOf(results: readonly Result[]): Difference[] {
  const settings = results.map(({ scenario, environment, cluster, tool }) => ({
    ...leavesOf(scenario.plan),
    // By what they say: by their number, one more at the top would change them all.
    ...Object.fromEntries(scenario.plan.gates.map((gate) => [`gate ${gate}`, 'yes'])),
    ...leavesOf({
      'balancer version': cluster.balancer.version,
      'broker version': cluster.broker?.version ?? 'none',
      machine: {
        host: environment.host,
        cpu: environment.cpu,
        cores: environment.cores,
        node: environment.node,
      },
      wsbench: tool.version,
    }),
  }))
  const paths = new Set(settings.flatMap((setting) => Object.keys(setting)))
  return [...paths].flatMap((path) => {
    const values = [...new Set(settings.map((setting) => setting[path] ?? 'none'))]
    return values.length < 2 || derived.test(path) ? [] : [{ path, values }]
  })
}

function leavesOf(value: unknown, path = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null) return { [path]: String(value ?? 'none') }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      Object.entries(leavesOf(inner, path ? `${path}.${key}` : key)),
    ),
  )
}
