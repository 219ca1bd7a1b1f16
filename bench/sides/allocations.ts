/**
 * Loaded before a program of the bench: SIGUSR2 starts a sampling of all that it allocates, collected or not, and the
 * next one ends it and tells the bench what allocated how much.
 */
import { type HeapProfiler, Session } from 'node:inspector'

const SAMPLE_EACH_BYTES = 512

export interface Allocations {
  readonly type: 'allocations'
  /** Estimated from the samples, by `function file:line`. */
  readonly bytesByFunction: Readonly<Record<string, number>>
}

const session = new Session()
session.connect()
let isSampling = false

process.on('SIGUSR2', () => {
  if (isSampling) session.post('HeapProfiler.stopSampling', (_error, { profile }) => tell(profile.head))
  else
    session.post('HeapProfiler.startSampling', {
      samplingInterval: SAMPLE_EACH_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    } as HeapProfiler.StartSamplingParameterType)
  isSampling = !isSampling
})

function tell(head: HeapProfiler.SamplingHeapProfileNode): void {
  const bytesByFunction: Record<string, number> = {}
  add(head, bytesByFunction)
  process.send?.({ type: 'allocations', bytesByFunction } satisfies Allocations)
}

function add(
  { callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode,
  sums: Record<string, number>,
): void {
  const { functionName, url, lineNumber } = callFrame
  const name = `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`
  sums[name] = (sums[name] ?? 0) + selfSize
  for (const child of children) add(child, sums)
}
