/** A commented scenario to start from, with every section once. `schema` is the path or URL of the editor schema. */
export function starterScenario(name: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
#
# wsbench validate ${name}.yaml    reports all mistakes, with line and column
# wsbench run ${name}.yaml         the exit code is the verdict: 0 pass, 99 a gate failed, 4 invalid
name: ${name}
description: one node is killed under load; only its clients may lose messages

# The seed of all random choices: the same seed gives the same load and the same random node.
seed: 1

cluster:
  # kind: auto (nginx if installed, else haproxy, else embedded), nginx, haproxy or embedded.
  # strategy: wsbench list strategies
  balancer: { kind: auto, strategy: least-connections }
  nodes: 3
  # How messages get from one node to the others: wsbench list bridges
  bridge: redis-pubsub

clients:
  count: 500
  connectRate: 500/s
  # By default each client has a source address of its own. To put clients behind NAT gateways:
  # addresses: { gateways: 16, skew: 1.1 }
  # To connect from addresses of this machine: addresses: { list: [10.0.0.5, 10.0.0.6] }
  # Full jitter: the wait is uniform between 0 and a bound, which starts at base and doubles up to cap.
  reconnect: { base: 500ms, cap: 5s }

traffic:
  # A broadcast: every client is subscribed.
  - channel: { name: scores, members: all }
    publishers: 1
    rate: 2/s # of each publisher; open loop: sends don't wait for earlier messages to arrive
    size: 256B
  # Rooms: 20 channels of 25 clients each.
  - channel: { name: chat, count: 20, members: 25 }
    rate: 1/s

# warmup: traffic before the measurement; grace: how long after its send a message may still arrive.
phases: { warmup: 3s, measure: 20s, grace: 3s }

chaos:
  # at: time from the start of the measure phase. All events: wsbench list events
  - { at: 5s, event: node-kill, node: random }

gates:
  # Conditions that must be met; if one fails, the exit code is 99.
  - delivery.lostInFlight == 0
  - delivery.lost{cause=unexplained} == 0
  - latency.p99{phase=steady} < 250ms
  - recovery.p95{event=node-kill#1} < 5s
`
}
