import { formatCount } from '../base/format.js'
import { entry } from '../base/records.js'
import type { EventRecord } from './event.js'

/**
 * The events with what the clients show of them: `connections` that each one cut or stopped reading from. One without any
 * evidence has failed, unless the run was cut short.
 */
export function withEvidenceOfClients(
  records: readonly EventRecord[],
  connections: Readonly<Record<string, number>>,
  isCutShort: boolean,
): EventRecord[] {
  return records.map((record) => {
    const count = entry(connections, record.id) ?? 0
    const ofClients = count > 0 ? [`${formatCount(count)} connections ${whatHappened(record)}`] : []
    const evidence = [...record.evidence, ...ofClients]
    const isUnproven = evidence.length === 0 && record.failure === null && !isCutShort
    return { ...record, evidence, failure: isUnproven ? 'nothing shows that it took effect' : record.failure }
  })
}

function whatHappened({ kind }: EventRecord): string {
  return kind === 'client-stall' ? 'were not read from' : 'were cut'
}
