/** What each command does, in the order of `wsbench --help`, which lists them without loading any. */
export const summaries = {
  init: 'write a commented scenario to start from, <name>.yaml, into this directory',
  run: 'run a scenario: start the cluster, connect the clients, send, break things, account for every message',
  compare: 'run a scenario over a matrix of settings, or compare saved results: one ranked table',
  shrink: 'cut a scenario that fails a gate to the smallest one that still does',
  gate: 'compare a run with a baseline: regression, unchanged, improvement or inconclusive, by metric',
  advise: 'say what to change: in a cluster that lost messages, or in the configuration of a balancer',
  report: 'convert a saved result into any report',
  validate: 'check a scenario, and report all problems at once, with file:line:column',
  doctor: "compare a scenario's needs with this machine's limits: which are ok, tight or exceeded",
  selftest: 'check that the counts are exact, against a server that loses and repeats messages on record',
  cluster: 'the reference cluster alone: for manual testing and other tools',
  list: 'list strategies, events, bridges, protocols, reporters or scenarios',
  completion: 'print a script that makes a shell complete commands, options and their values',
} as const
