/** Words that wsbench no longer uses, with what stands in their place (docs/glossary.md). */
export const retiredWords: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  // Names of fields, metrics and types.
  {
    pattern: /\blaidOn\b|\blaid on\b|\blays? (?:it|them|losses) on\b/i,
    instead: 'attributedTo, attributed to',
  },
  { pattern: /\bgaveOut\b|\bg[ai]ves? out\b/i, instead: 'limitedBy, the limiting factor' },
  {
    pattern: /\blostAtBreak\b|\blost at (?:a |the )?break\b|\bat break\b/i,
    instead: 'lostOnDisconnect, on disconnect',
  },
  { pattern: /\bmissedOffline\b|\bmissed offline\b/i, instead: 'lostWhileOffline, while offline' },
  { pattern: /\bboundaryMissing\b|\bmissing at a boundary\b/i, instead: 'missingAtBoundary, not judged' },
  {
    pattern: /\bpublished\.(?:proven|indeterminate)\b/,
    instead: 'published.unackedDelivered, published.unacked',
  },
  { pattern: /\bopenedIn(?:Ms)?\b/, instead: 'rampUp' },
  { pattern: /\bintended\b/i, instead: 'planned send, fromPlannedSend' },
  { pattern: /\breturnedToDrained\b/, instead: 'routedToDraining' },
  { pattern: /\bbalance\.rebalanced\b/, instead: 'recovery.rebalance' },
  { pattern: /\brecovery\.to\d/, instead: 'recovery.timeTo95' },
  { pattern: /wsbench_(?:dis)?connects_total/, instead: 'wsbench_connections_opened_total, _closed_total' },
  { pattern: /generator_loop_lag/, instead: 'generator_event_loop_lag' },
  {
    pattern:
      /\b(?:Referee|Doubt|Culprit|BlameRule|Complaint|Comebacks|Gathered|inTurn|reckon|leanest\w*|secretive)\b/,
    instead:
      'AbortGates, ValidityIssue, Component, AttributionRule, Issue, ReconnectBackoff, Batcher, serialQueue, …',
  },
  { pattern: /\bcasualt(?:y|ies)\b/i, instead: 'unexpected exit' },
  // What stood on screen and in reports.
  { pattern: /\bwhole, (?:same|other) node\b/, instead: 'end-to-end, same node' },
  { pattern: /\bof which ours\b/, instead: 'generator overhead' },
  { pattern: /\ball in after\b/, instead: 'all connected in' },
  { pattern: /\bnodes uneven\b/, instead: 'not rebalanced' },
  { pattern: /\bbooks\b[^.]{0,12}\bbalance\b/i, instead: 'accounting identity violated' },
  { pattern: /\bstandstill\b/i, instead: 'event-loop stall' },
  { pattern: /\bnot undone\b/i, instead: 'cleanup required' },
  { pattern: /\bpoking at\b/i, instead: 'for manual testing' },
  { pattern: /\bthe run is sound\b/i, instead: 'run valid' },
  { pattern: /\bsame to the byte\b/i, instead: 'identical' },
  // Prose.
  { pattern: /\b(?:struck|foretold|so-manieth|lest|gravest|whomever)\b/i, instead: 'plain words' },
  { pattern: /\bshall\b/i, instead: 'must, will' },
  { pattern: /\bby turns\b/i, instead: 'round-robin, in turn' },
  {
    pattern: /\bas the playbook has it\b|\bthe playbook's\b/i,
    instead: 'the article, with a link to docs/findings.md',
  },
  { pattern: /\bstrangers?\b/i, instead: 'third party' },
]

/** `path:line: found (instead: …)` for each retired word in a text. */
export function retiredIn(name: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    retiredWords.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(line)
      return found ? [`${name}:${index + 1}: "${found[0]}" (instead: ${instead})`] : []
    }),
  )
}
