/** A scenario to start from: every part once, each with what it decides. `schema` is where an editor finds the schema. */
export function starterScenario(name: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
#
# wsbench validate ${name}.yaml    every mistake at once, with line and column
# wsbench run ${name}.yaml         the exit code is the verdict: 0 pass, 99 a gate failed, 4 invalid
name: ${name}
description: one node dies under load; only its clients may miss anything

# The seed of every random draw: the same seed gives the same load and the same victims.
seed: 1

cluster:
  # kind: auto (nginx if installed, else haproxy, else embedded), nginx, haproxy or embedded.
  # strategy: wsbench list strategies
  balancer: { kind: auto, strategy: least-connections }
  nodes: 3
  # How a message gets from one node to the others: wsbench list bridges
  bridge: redis-pubsub

clients:
  count: 500
  connectRate: 500/s
  # Without this each client has an address of its own; with it they sit behind NAT gateways.
  # addresses: { gateways: 16, skew: 1.1 }, or those of this machine that are listed: { list: [10.0.0.5, 10.0.0.6] }
  # Full jitter: the wait is uniform between 0 and a bound that starts at base and doubles up to cap.
  reconnect: { base: 500ms, cap: 5s }

traffic:
  # A broadcast: every client is a member.
  - channel: { name: scores, members: all }
    publishers: 1
    rate: 2/s # of each publisher; open loop: a late message is sent all the same
    size: 256B
  # Rooms: 20 channels of 25 clients each.
  - channel: { name: chat, count: 20, members: 25 }
    rate: 1/s

# warmup is not judged as steady state; grace is how long after its send a message may still arrive.
phases: { warmup: 3s, measure: 20s, grace: 3s }

chaos:
  # wsbench list events; at: from the start of the measure phase
  - { at: 5s, event: node-kill, node: random }

gates:
  # What must hold, else exit 99. A misspelt metric is refused with a suggestion.
  - delivery.lostInFlight == 0
  - delivery.lost{cause=unexplained} == 0
  - latency.p99{phase=steady} < 250ms
  - recovery.p95{event=node-kill#1} < 5s
`
}
