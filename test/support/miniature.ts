/** Bounds so wide that a busy machine makes no run invalid: for tests of what was delivered to whom, not of when. */
export const patience =
  '{ eventLoopLag: 10s, sendDelay: 10s, overruns: 100%, workerCpu: 100%, pause: 60s, failedConnects: 100%, listenOverflows: 1M }'

/** A 60-client run of a few seconds that any scenario can be turned into by `--set`. */
export const miniature: readonly string[] = set({
  'clients.count': 60,
  'clients.connectRate': '500/s',
  'clients.reconnect.base': '100ms',
  'clients.reconnect.cap': '1s',
  'cluster.drain.window': '2s',
  'phases.warmup': '500ms',
  'phases.measure': '6s',
  'phases.grace': '1500ms',
  validity: patience,
})

export function set(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([path, value]) => ['--set', `${path}=${value}`])
}
