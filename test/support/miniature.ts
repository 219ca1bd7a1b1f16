/** A 40-client run of a few seconds that any scenario can be turned into by `--set`. */
export const miniature: readonly string[] = set({
  'clients.count': 60,
  'clients.connectRate': '500/s',
  'clients.reconnect.base': '100ms',
  'clients.reconnect.cap': '1s',
  'cluster.drain.window': '2s',
  'phases.warmup': '500ms',
  'phases.measure': '6s',
  'phases.grace': '1500ms',
})

export function set(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([path, value]) => ['--set', `${path}=${value}`])
}
