import { z } from 'zod'
import { quantity } from '../../base/fields.js'
import { count, duration } from '../../base/quantity.js'

/** What decides whose connection ends and when, by balancer; durations in ms. A balancer reads its own part. */
export type BalancerSettings = z.output<typeof balancerSettings>

const time = (byDefault: string, description: string) =>
  quantity(duration, { from: '1ms', to: '24h' }).prefault(byDefault).describe(description)
const optionalTime = (description: string) =>
  quantity(duration, { from: '1ms', to: '24h' }).optional().describe(description)
const number = (byDefault: number, description: string) =>
  quantity(count, { from: '0', to: '1000' }).prefault(byDefault).describe(description)

const nginx = z
  .strictObject({
    workerShutdownTimeout: optionalTime(
      'worker_shutdown_timeout: how long after a reload old workers end their connections; default: never',
    ),
    proxyConnectTimeout: time('5s', 'proxy_connect_timeout: how long it waits for a node that is silent'),
    proxyReadTimeout: time(
      '1h',
      'proxy_read_timeout: it ends a connection on which a node sent nothing so long',
    ),
    maxFails: number(1, 'max_fails: failures after which it avoids a node; 0: it never does'),
    failTimeout: time('10s', 'fail_timeout: how long it avoids that node'),
  })
  .prefault({})
  .describe('settings where the balancer is nginx')

const haproxy = z
  .strictObject({
    hardStopAfter: optionalTime(
      'hard-stop-after: how long after a reload the old process ends its connections; default: never',
    ),
    timeoutConnect: time('5s', 'timeout connect: how long it waits for a node that is silent'),
    timeoutTunnel: time('1h', 'timeout tunnel: it ends a WebSocket connection that was idle so long'),
    retries: number(3, 'retries: further tries after a connect that failed'),
    redispatch: number(1, 'option redispatch: which retry goes to another node; 0: none does'),
    onMarkedDown: z
      .enum(['none', 'shutdown-sessions'])
      .default('none')
      .describe('on-marked-down: whether it ends the connections to a node whose health check fails'),
    inter: time('1s', 'inter: time between two health checks'),
    fall: number(2, 'fall: failed health checks until a node is down').refine((fall) => fall > 0, {
      error: 'expected at least 1',
    }),
  })
  .prefault({})
  .describe('settings where the balancer is HAProxy')

const caddy = z
  .strictObject({
    streamCloseDelay: optionalTime(
      'stream_close_delay (Caddy 2.7): how long after a reload it ends all connections; default: at once',
    ),
    streamTimeout: optionalTime(
      'stream_timeout (Caddy 2.7): it ends each connection after so long; default: never',
    ),
    tryDuration: time('5s', 'lb_try_duration: how long it looks for a node for a connection'),
    failDuration: time('2s', 'fail_duration: how long it avoids a node that refused a connection'),
  })
  .prefault({})
  .describe('settings where the balancer is Caddy')

const apache = z
  .strictObject({
    proxyTimeout: time('1h', 'ProxyTimeout: it ends a connection that was idle so long'),
    retry: quantity(duration, { from: '1s', to: '24h' })
      .prefault('2s')
      .describe('retry: how long it avoids a node that refused a connection, in whole seconds'),
  })
  .prefault({})
  .describe('settings where the balancer is Apache httpd')

export const balancerSettings = z
  .strictObject({ nginx, haproxy, caddy, apache })
  .prefault({})
  .describe('settings of the balancer program, by program')

/** As all of these programs read a time: `1h`, `5s`, `250ms`. */
export function writeTime(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
