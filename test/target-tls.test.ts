import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { describeReal, wsbench } from './support/wsbench.js'

let servers: Servers
let close = () => {}
beforeEach(() => {
  servers = new Servers()
})
afterEach(async () => {
  close()
  await servers.stop()
})

/** A self-signed certificate in `<name>.pem` and its key in `<name>.key`. */
function certify(name: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [`${name}.pem`, `${name}.key`].map((file) => join(servers.directory, file)) as [
    string,
    string,
  ]
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

const metrics = 'process_resident_memory_bytes 1e6\nprocess_cpu_seconds_total 1\n'

/** Echoes, and serves metrics. `came` lists the clients, as `<name asked for> <name of the client's certificate>`. */
async function serve(options: TlsOptions): Promise<{ readonly port: number; readonly came: Set<string> }> {
  const server = createServer(options, (_request, response) => response.end(metrics))
  const sockets = new WebSocketServer({ server })
  const came = new Set<string>()
  sockets.on('connection', (socket, request) => {
    const peer = request.socket as TLSSocket & { readonly servername: string | false }
    came.add(`${peer.servername} ${peer.getPeerCertificate().subject?.CN}`)
    socket.on('message', (data) => socket.send(data.toString()))
  })
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close = () => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, came }
}

function run(port: number, tls: string, stats = '{}') {
  const scenario = servers.write(
    'tls.yaml',
    `{ name: tls, target: { url: 'wss://127.0.0.1:${port}/', protocol: json, tls: ${tls}, stats: ${stats} },
       clients: { count: 4 }, traffic: [{ channel: { name: echo }, via: echo, rate: 10/s }],
       phases: { warmup: 0s, measure: 1s, grace: 1s }, validity: ${patience} }`,
  )
  return wsbench(['run', scenario])
}

describeReal('a server behind TLS', ['openssl'], () => {
  it('gets serverName and the client’s certificate, from clients and from requests for its metrics', async () => {
    const client = certify('client.example')
    const { port, came } = await serve({
      ...certify('chat.example'),
      ca: client.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const { result, stdout, stderr, code } = await run(
      port,
      '{ ca: ./chat.example.pem, serverName: chat.example, cert: ./client.example.pem, key: ./client.example.key }',
      `{ ws-1: 'https://127.0.0.1:${port}/metrics' }`,
    )
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ due: 40, delivered: 40 })
    expect(result!.cluster.peaks['ws-1']).toMatchObject({ rssBytes: 1e6 })
    expect([...came]).toEqual(['chat.example client.example'])
  })

  it('with any certificate will do where it is insecure', async () => {
    const { port, came } = await serve(certify('chat.example'))
    const { result, stdout, stderr, code } = await run(port, '{ insecure: true }')
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ due: 40, delivered: 40 })
    expect([...came]).toEqual(['false undefined'])
  })

  it.each([
    ['self-signed', '{ serverName: chat.example }', {}, /: bad-certificate[\s\S]*target\.tls/],
    ['for another name', '{ ca: ./chat.example.pem }', {}, /: bad-certificate[\s\S]*serverName/],
    [
      'that wants a client’s',
      '{ ca: ./chat.example.pem, serverName: chat.example }',
      { requestCert: true, rejectUnauthorized: true },
      /: tls-failed[\s\S]*client certificate/,
    ],
    [
      'whose CA is not PEM',
      '{ ca: ./rubbish }',
      {},
      /rubbish is not a PEM certificate[\s\S]*target\.tls\.ca/,
    ],
    [
      'given another’s key',
      '{ cert: ./chat.example.pem, key: ./other.example.key }',
      {},
      /chat\.example\.pem and .*other\.example\.key are not a PEM certificate and its key/,
    ],
    ['given an invalid key', '{ cert: ./chat.example.pem, key: ./rubbish }', {}, /rubbish are not a PEM/],
  ])('%s: exit 3, no load', async (_title, tls, options, complaint) => {
    certify('other.example')
    servers.write('rubbish', 'rubbish')
    const { port, came } = await serve({ ...certify('chat.example'), ...options })
    const { code, stderr, result } = await run(port, tls)
    expect([code, result, came.size], stderr).toEqual([3, null, 0])
    expect(stderr).toMatch(complaint)
    expect(stderr).not.toContain('PRIVATE')
  })
})
