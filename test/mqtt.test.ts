import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Result } from '../src/results/result.js'
import { patience } from './support/miniature.js'
import { freePort, Servers } from './support/servers.js'
import { describeReal, start } from './support/wsbench.js'

let servers: Servers
beforeEach(() => {
  servers = new Servers()
})
afterEach(() => servers.stop())

/** At 90 messages to 20 clients. At QoS 0 nobody knows of a message that reached no client: of one sent as all were away. */
function expectAllSentDue({ due, published: { acked, unackedDelivered } }: Result['delivery']): void {
  expect(due).toBe(20 * (acked + unackedDelivered))
  expect(acked + unackedDelivered).toBeGreaterThan(80)
}

describeReal('mosquitto over WebSocket, killed and started again by hooks', ['mosquitto'], () => {
  it.each([0, 1])('QoS %i: every loss is explained', async (qos) => {
    const port = await freePort()
    const plainPort = await freePort()
    const config = servers.write(
      'mosquitto.conf',
      // 2.0.11 won't start on a WebSocket listener alone.
      `listener ${plainPort} 127.0.0.1\nlistener ${port} 127.0.0.1\nprotocol websockets\nallow_anonymous true\nuser root\nlog_type none\npid_file ${servers.directory}/pid\n`,
    )
    await servers.start('mosquitto', ['-c', config], port)
    const kill = servers.write('kill.sh', `kill -9 "$(cat ${servers.directory}/pid)"\n`)
    const scenario = servers.write(
      'mqtt.yaml',
      `{ name: mqtt, target: { url: 'ws://127.0.0.1:${port}/mqtt', protocol: { kind: mqtt, qos: ${qos} } },
         clients: { count: 20, reconnect: { base: 200ms } },
         traffic: [{ channel: { name: topic }, rate: 20/s }], phases: { warmup: 500ms, measure: 5s, grace: 2s },
         chaos: [{ at: 1025ms, event: exec, run: [sh, ${kill}], for: 500ms, undo: [mosquitto, -c, ${config}, -d] }],
         gates: ['delivery.lost{cause=unexplained} == 0'], validity: ${patience} }`,
    )
    const { finished } = start(['run', scenario])
    const { result, stdout, stderr, code } = await finished
    servers.killByPidFile('pid')
    expect(code, `${stdout}${stderr}`).toBe(0)
    const { delivery, events, connections } = result!
    expect(events[0]).toMatchObject({ failure: null, affectedClients: 20 })
    expect(events[0]!.recovery.recovered).toBe(20)
    expect(connections.reconnects).toBe(20)
    const { acked, unackedDelivered, failed, sent } = delivery.published
    expect(sent + failed).toBe(110)
    expect(failed).toBeGreaterThanOrEqual(9)
    if (qos === 0) expect(acked).toBe(0)
    // Before it was killed it took some 30; the rest came after it was back.
    else expect(acked).toBeGreaterThan(45)
    expect(delivery.due).toBe(20 * (acked + unackedDelivered))
    expect(delivery.unexpected).toBe(0)
    // Before the event. A message belongs to the phase it was sent in; a late one may be missing here, so there may be fewer than 10.
    const { due, delivered } = delivery.byPhase.warmup!
    expect(due).toBeGreaterThanOrEqual(20 * 5)
    expect(delivered).toBe(due)
  })
})

describeReal('mosquitto keeps the sessions of who is away (clean: false)', ['mosquitto'], () => {
  it.each([
    [0, 'missed, and nobody claims anything else'],
    [1, 'replayed'],
  ])('QoS %i, under churn: what came meanwhile is %s', async (qos) => {
    const port = await freePort()
    const config = servers.write(
      'mosquitto.conf',
      `listener ${await freePort()} 127.0.0.1\nlistener ${port} 127.0.0.1\nprotocol websockets\nallow_anonymous true\nuser root\nlog_type none\n`,
    )
    await servers.start('mosquitto', ['-c', config], port)
    const scenario = servers.write(
      'sessions.yaml',
      `{ name: sessions, target: { url: 'ws://127.0.0.1:${port}/mqtt', protocol: { kind: mqtt, qos: ${qos}, clean: false } },
         clients: { count: 20 }, traffic: [{ channel: { name: topic }, rate: 20/s }],
         phases: { warmup: 500ms, measure: 4s, grace: 2s },
         chaos: [{ at: 500ms, event: client-churn, every: 500ms, offline: 200ms, for: 2s }], validity: ${patience} }`,
    )
    const { result, stdout, stderr, code } = await start(['run', scenario]).finished
    expect(code, `${stdout}${stderr}`).toBe(0)
    const { delivery, connections } = result!
    expect(connections.reconnects).toBeGreaterThan(20)
    expectAllSentDue(delivery)
    expect([delivery.falseRecovery, delivery.unexpected]).toEqual([0, 0])
    if (qos === 1) {
      expect(delivery.lost).toBe(0)
      expect(delivery.replayed).toBeGreaterThan(20)
    } else expect(delivery.lostWhileOffline).toBeGreaterThan(20)
  })
})

describeReal('nats-server’s MQTT over WebSocket', ['nats-server'], () => {
  it.each([0, 1])('QoS %i: who was away missed what came meanwhile; all is explained', async (qos) => {
    const port = await freePort()
    const config = servers.write(
      'nats.conf',
      `server_name: wsbench, listen: "127.0.0.1:${await freePort()}"
       jetstream { store_dir: "${servers.directory}/jetstream" }
       websocket { listen: "127.0.0.1:${port}", no_tls: true }
       mqtt { listen: "127.0.0.1:${await freePort()}" }`,
    )
    await servers.start('nats-server', ['-c', config], port)
    const scenario = servers.write(
      'nats.yaml',
      `{ name: nats, target: { url: 'ws://127.0.0.1:${port}/mqtt', protocol: { kind: mqtt, qos: ${qos} } },
         clients: { count: 20 }, traffic: [{ channel: { name: topic }, rate: 20/s }],
         phases: { warmup: 500ms, measure: 4s, grace: 2s },
         chaos: [{ at: 500ms, event: client-churn, every: 500ms, offline: 200ms, for: 2s }], validity: ${patience} }`,
    )
    const { result, stdout, stderr, code } = await start(['run', scenario]).finished
    expect(code, `${stdout}${stderr}`).toBe(0)
    const { delivery } = result!
    expect(delivery.published).toMatchObject({ sent: 90, failed: 0, acked: qos * 90 })
    expectAllSentDue(delivery)
    expect(delivery.lostWhileOffline).toBeGreaterThan(20)
    expect(delivery.lost).toBe(delivery.lostWhileOffline + delivery.lostOnDisconnect)
    // Not that none is replayed: what is sent just before a subscription stands may come by it.
    expect(delivery.unexpected).toBe(0)
  })
})
