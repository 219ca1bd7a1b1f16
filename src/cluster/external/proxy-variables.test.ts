import { expect, it } from 'vitest'
import { refuseProxies } from './proxy-variables.js'

const HTTPS_PROXY = 'http://ann:hunter2@proxy:3128'
const secure = { ca: null }
const at = (host: string, port = 443) => [{ host, port, path: '/', tls: secure }]

it.each([
  [
    at('rt.example.com'),
    { HTTPS_PROXY },
    'HTTPS_PROXY is set, but wsbench connects to rt.example.com directly',
  ],
  [at('10.1.2.3'), { HTTPS_PROXY, NO_PROXY: '10.2.0.0/16,example.com' }, 'HTTPS_PROXY is set'],
  [at('badexample.com'), { https_proxy: HTTPS_PROXY, no_proxy: 'example.com' }, 'https_proxy is set'],
  [at('a.example.com', 8443), { HTTPS_PROXY, NO_PROXY: 'a.example.com:443' }, 'HTTPS_PROXY is set'],
  [[{ ...at('h')[0]!, tls: null }], { HTTP_PROXY: HTTPS_PROXY }, 'HTTP_PROXY is set'],
  [at('h'), { ALL_PROXY: HTTPS_PROXY }, 'ALL_PROXY is set'],
])('refuses a proxy for %j', (endpoints, env, words) => {
  expect(() => refuseProxies(endpoints, env)).toThrow(words)
  expect(() => refuseProxies(endpoints, env)).not.toThrow(/hunter2/)
})

it.each([
  [at('rt.example.com'), {}],
  [at('rt.example.com'), { HTTPS_PROXY: '' }],
  [at('rt.example.com'), { HTTP_PROXY: HTTPS_PROXY }],
  [at('rt.example.com'), { HTTPS_PROXY, NO_PROXY: 'a, .example.com' }],
  [at('rt.example.com'), { HTTPS_PROXY, no_proxy: 'EXAMPLE.com:443' }],
  [at('rt.example.com'), { HTTPS_PROXY, NO_PROXY: '*' }],
  [at('10.1.2.3'), { HTTPS_PROXY, NO_PROXY: '10.0.0.0/8' }],
  [at('fd00::1'), { HTTPS_PROXY, NO_PROXY: 'fd00::/8' }],
  [at('localhost'), { HTTPS_PROXY }],
  [at('127.0.0.1'), { HTTPS_PROXY }],
])('connects directly where no proxy is meant: %j, %j', (endpoints, env) => {
  expect(() => refuseProxies(endpoints, env)).not.toThrow()
})
