import { existsSync } from 'node:fs'
import { freePort, type Servers } from './servers.js'

/** Debian's `rabbitmq-server` is a wrapper that becomes another user; this is what it wraps. */
const DEBIAN = '/usr/lib/rabbitmq/bin/rabbitmq-server'

/** RabbitMQ with its Web STOMP plugin, all of it on loopback and in the servers' directory; the URL of its WebSocket. */
export async function startRabbit(
  servers: Servers,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<string> {
  const [names, distribution, amqp, stomp] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ])
  const { directory } = servers
  const config = [
    `listeners.tcp.local = 127.0.0.1:${amqp}`,
    'stomp.listeners.tcp = none',
    'web_stomp.tcp.ip = 127.0.0.1',
    `web_stomp.tcp.port = ${stomp}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
  ]
  // Started here, since one that RabbitMQ starts outlives it.
  await servers.start('epmd', ['-port', String(names), '-address', '127.0.0.1'], names)
  const server = existsSync(DEBIAN) ? DEBIAN : 'rabbitmq-server'
  await servers.start(server, [], stomp, {
    HOME: directory,
    ERL_EPMD_PORT: String(names),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'wsbench@localhost',
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_CONFIG_FILE: servers.write('rabbitmq.conf', config.join('\n')),
    RABBITMQ_ENABLED_PLUGINS_FILE: servers.write('enabled_plugins', '[rabbitmq_web_stomp].'),
    RABBITMQ_MNESIA_BASE: `${directory}/mnesia`,
    RABBITMQ_LOG_BASE: `${directory}/log`,
    RABBITMQ_PID_FILE: `${directory}/rabbit.pid`,
    // Becomes the server, instead of watching over it.
    RUNNING_UNDER_SYSTEMD: 'true',
  })
  return `ws://127.0.0.1:${stomp}/ws`
}
