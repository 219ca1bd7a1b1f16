import type { Peer } from '../protocol.js'

/** Test support: a peer that records what its conversation asks of it. */
export function recordingPeer(channels: readonly string[], memory = new Map<string, string>()) {
  const log: string[] = []
  const sent: string[] = []
  const sentBytes: Buffer[] = []
  const peer = {
    id: 'c0',
    uniqueId: 'wsb-1-c0',
    channels,
    publishes: [] as readonly string[],
    memory,
    log,
    sent,
    sentBytes,
    isReady: false,
    send(frame: string | Uint8Array): boolean {
      if (typeof frame === 'string') sent.push(frame)
      else sentBytes.push(Buffer.from(frame))
      log.push(`send ${typeof frame === 'string' ? frame : Buffer.from(frame).toString('hex')}`)
      return true
    },
    ready(recovered = false): void {
      peer.isReady = true
      log.push(`ready ${recovered}`)
    },
    acked: (sequence: number) => void log.push(`acked ${sequence}`),
    refused: (sequence: number, words = '') => void log.push(`refused ${sequence} ${words}`),
    fail: (words?: string) => void log.push(words === undefined ? 'fail' : `fail ${words}`),
    conceal: (value: string) => void log.push(`conceal ${value}`),
    /** `converse` sets it. */
    packet(_bytes: Buffer): void {},
    violated: (code: 1002 | 1009, reason: string) => void log.push(`violated ${code} ${reason}`),
  } satisfies Peer & Record<string, unknown>
  return peer
}
