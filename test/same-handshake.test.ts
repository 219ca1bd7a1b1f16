import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { describeReal, pathOf, until, wsbench } from './support/wsbench.js'

/** Of a handshake: the request line and the headers, byte for byte, one character a byte. */
type Head = readonly string[]

const heads: Head[] = []
/** What the server sets in its answers. */
let setCookies: readonly string[] = []
let server: Server
let port: number

/** Echoes, chooses the first subprotocol, and keeps the bytes of each handshake. */
beforeAll(async () => {
  const http = createHttpServer((_request, response) =>
    response.end('<!doctype html><link rel="icon" href="data:,">'),
  )
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  sockets.on('headers', (headers) => headers.push(...setCookies.map((cookie) => `Set-Cookie: ${cookie}`)))
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data.toString())))
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      const head = bytes.toString('latin1').split('\r\n\r\n', 1)[0]!.split('\r\n')
      if (head.includes('Upgrade: websocket')) heads.push(head)
      socket.unshift(bytes)
      http.emit('connection', socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())
beforeEach(() => {
  heads.length = 0
  setCookies = []
})

interface Settings {
  /** As it is written in the scenario; its host is the server's. */
  readonly url: string
  readonly query?: Readonly<Record<string, string>>
  readonly cookies?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly subprotocols?: readonly string[]
}

/** The first and the last handshake of a client that reconnects. */
async function byWsbench({ url, ...rest }: Settings): Promise<readonly [Head, Head]> {
  const servers = new Servers()
  const target = { ...rest, url: url.replace('HOST', `127.0.0.1:${port}`), protocol: 'json' }
  const scenario = servers.write(
    'same.yaml',
    `{ name: same, target: ${JSON.stringify(target)}, clients: { count: 1, reconnect: { base: 10ms, cap: 10ms } },
       traffic: [{ channel: { name: e }, via: echo, rate: 5/s }], phases: { warmup: 0s, measure: 2s, grace: 500ms },
       chaos: [{ at: 500ms, event: reconnect-storm }], validity: ${patience} }`,
  )
  const { code, stdout, stderr } = await wsbench(['run', scenario])
  await servers.stop()
  expect(code, `${stdout}${stderr}`).toBe(0)
  return withoutKeys()
}

/** The value of a query parameter is encoded by the page, as there is no other way to send any text. */
function urlOf({ url, query = {} }: Settings): string {
  const added = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const base = url.replace('HOST', `127.0.0.1:${port}`)
  return added.length === 0 ? base : `${base}${base.includes('?') ? '&' : '?'}${added.join('&')}`
}

/** The first and the last of the handshakes that arrived, without what is random. */
function withoutKeys(): readonly [Head, Head] {
  const found = heads.splice(0).map((head) => head.filter((line) => !line.startsWith('Sec-WebSocket-Key: ')))
  return [found[0]!, found.at(-1)!]
}

/** Sets cookies, and connects twice. */
const PAGE = `async ({ url, cookies, subprotocols }) => {
  for (const [name, value] of cookies) document.cookie = name + '=' + value
  for (let connection = 0; connection < 2; connection += 1)
    await new Promise((resolve) => {
      const socket = new WebSocket(url, subprotocols)
      socket.onopen = () => socket.close()
      socket.onclose = resolve
    })
}`

/** Without `|` in its path: Chromium encodes it, the URL standard does not. */
const odd = {
  url: 'ws://HOST/a/./b/../c d/ü"<>}{`%7e%2F;p?flag&sig=a%20b~c&t=ab==&"<>\'`|^é=ü&+=%zz',
  query: { user: '山田 & "co"', note: "!*()'~/:@,;$?#+%" },
  subprotocols: ['chat.v2', 'chat.v1'],
}

describeReal('a handshake as Chromium sends it', ['chromium'], () => {
  let browser: Browser
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
    browser = await chromium.launch({ executablePath: pathOf('chromium')!, args })
  })
  afterAll(() => browser?.close())

  /** The first and the second handshake of a page. */
  async function byChromium(settings: Settings): Promise<readonly [Head, Head]> {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${port}/`)
    const { cookies = {}, subprotocols = [] } = settings
    const given = JSON.stringify({ url: urlOf(settings), cookies: Object.entries(cookies), subprotocols })
    await page.evaluate(`(${PAGE})(${given})`)
    await context.close()
    return withoutKeys()
  }

  /** Headers that only browsers send. */
  const browsersOwn =
    /^(?:Pragma|Cache-Control|User-Agent|Origin|Accept-Encoding|Accept-Language|Sec-WebSocket-Extensions): /

  const cases: Readonly<Record<string, Settings & { readonly setCookies?: readonly string[] }>> = {
    'path, query and subprotocols': odd,
    'cookies outside ASCII': {
      url: 'ws://HOST/?a',
      cookies: { user: 'Kovačević', city: '"Zürich", CH=1', empty: '' },
    },
    'cookies that the server sets, by name and path, and deletes': {
      url: 'ws://HOST/live/room?x',
      // Chromium moves a cookie that is replaced to the end; RFC 6265 §5.3, 11.3 does not.
      cookies: { theme: 'dark', gone: '1', user: 'first' },
      setCookies: [
        'user=second; Path=/; HttpOnly',
        'gone=; Max-Age=0; Path=/',
        'deep=1; Path=/live',
        'default=2',
        'other=3; Path=/elsewhere',
        'foreign=4; Domain=example.com',
        'old=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
        'new=6; Expires=Fri, 01 Jan 2100 00:00:00 GMT; SameSite=Lax',
        'quoted="7 8"',
        'żółć=ü',
      ],
    },
  }

  it.each(Object.entries(cases))('%s', async (_what, { setCookies: set = [], ...settings }) => {
    setCookies = set
    const theirs = await byChromium(settings)
    const ours = await byWsbench(settings)
    for (const time of [0, 1] as const) {
      const shared = theirs[time].filter((line) => !browsersOwn.test(line))
      expect(ours[time].toSorted()).toEqual(shared.toSorted())
    }
  })
})

it('a handshake is as the ws client sends it', async () => {
  const settings = { ...odd, headers: { 'X-User': 'Zoë', 'X-Tab': 'a\tb  c' } }
  const socket = new WebSocket(urlOf(settings), settings.subprotocols, {
    headers: settings.headers,
    perMessageDeflate: false,
  })
  await once(socket, 'open')
  socket.close()
  await until(() => socket.readyState === WebSocket.CLOSED, 'the connection to close')
  const [theirs] = withoutKeys()
  const [ours] = await byWsbench(settings)
  // Both forms are the same list (RFC 9110 §5.6.1); Chromium's is ours.
  const listed = theirs.map((line) => line.replace(/^(Sec-WebSocket-Protocol: .*),/, '$1, '))
  expect(ours.toSorted()).toEqual(listed.toSorted())
})

it.each(['Kovačević', 'a\u010aX-Role: admin', 'a\u0007b'])(
  'what ws can’t send in a header is refused: %j',
  async (value) => {
    const headers = { 'X-User': value }
    expect(() => new WebSocket(urlOf({ url: 'ws://HOST/' }), { headers })).toThrow(
      /Invalid character in header/,
    )
    const servers = new Servers()
    const target = { url: `ws://127.0.0.1:${port}/`, protocol: 'json', headers }
    const scenario = servers.write(
      'refused.yaml',
      `{ name: refused, clients: { count: 1 }, target: ${JSON.stringify(target)} }`,
    )
    const { code, stderr } = await wsbench(['run', scenario])
    await servers.stop()
    expect([code, heads]).toEqual([2, []])
    expect(stderr).toMatch(/refused\.yaml:1:\d+: target\.headers\.X-User has the character U\+0/)
  },
)
