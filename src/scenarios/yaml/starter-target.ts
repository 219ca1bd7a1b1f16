/** A commented scenario for a cluster of the user's own. `schema` is the path or URL of the editor schema. */
export function starterForTarget(name: string, schema: string, url: string): string {
  return `# yaml-language-server: $schema=${schema}
#
# wsbench validate ${name}.yaml    reports all mistakes, with line and column
# wsbench run ${name}.yaml         before load, one client and one message try the target
name: ${name}
description: clients reconnect at once under load, and nothing is lost without a cause

target:
  url: ${JSON.stringify(url)}
  # What your server speaks: wsbench list protocols, docs/protocols.md. {channel} and {payload} are filled in by wsbench.
  protocol:
    kind: json
    subscribe: { type: subscribe, channel: "{channel}" }
    # Text of the frame that confirms a subscription. Without it, a client counts as subscribed once it has sent subscribe.
    # subscribed: '"subscribed":"{channel}"'
    publish: { type: publish, channel: "{channel}", text: "{payload}" }
  # Secrets come from the environment, or from a file with a row for each client.
  # headers: { authorization: "Bearer {env:TOKEN}" }
  # feed: users.csv
  # query: { token: "{feed:token}" }
  # How a client learns which node it is on; without it, balance and affinity are not measured.
  # node: { header: x-served-by }
  # A server of another party gets at most 100 connections and 100 messages a second. If it is yours:
  # iOwnThis: true

clients:
  count: 50
  connectRate: 20/s
  # Full jitter: the wait is uniform between 0 and a bound, which starts at base and doubles up to cap.
  reconnect: { base: 500ms, cap: 5s }

traffic:
  # Rooms: 5 channels of 10 clients each.
  - channel: { name: chat, count: 5, members: 10 }
    rate: 1/s # of each publisher; open loop: sends don't wait for earlier messages to arrive
    size: 256B

# warmup: traffic before the measurement; grace: how long after its send a message may still arrive.
phases: { warmup: 3s, measure: 20s, grace: 3s }

chaos:
  # Events on clients, and hooks that call your own tools: docs/events.md, docs/hooks.md
  - { at: 8s, event: reconnect-storm, share: 50% }

gates:
  # Conditions that must be met; if one fails, the exit code is 99.
  - delivery.lost{cause=unexplained} == 0
  - latency.p99{phase=steady} < 250ms
  - recovery.p95{event=reconnect-storm#1} < 5s
`
}
