/**
 * What somebody would write on `ws`: each publish is acknowledged and sent to every client with `send`. Starts as the
 * reference node does, so that the bench can tell them apart by nothing but their cost.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { nowMicros } from '../../src/base/clock.js'
import { at, encodeAck, kinds } from '../../src/protocols/reference.js'

const http = createServer()
const server = new WebSocketServer({ server: http, perMessageDeflate: false })
const subscribers = new Set<WebSocket>()

server.on('connection', (client) => {
  client.on('message', (data, isBinary) => {
    if (isBinary) publish(client, data as Buffer)
    else {
      subscribers.add(client)
      client.send(JSON.stringify({ ...JSON.parse(String(data)), op: 'subscribed' }))
    }
  })
  client.on('close', () => subscribers.delete(client))
})

http.listen({ port: 0, host: '127.0.0.1', backlog: 65_535 }, () => {
  process.send?.({ type: 'ready', port: (http.address() as AddressInfo).port })
})

function publish(publisher: WebSocket, message: Buffer): void {
  const ack = encodeAck(message, 0, 0)
  message[at.kind] = kinds.message
  message.writeDoubleLE(nowMicros(), at.egress)
  for (const subscriber of subscribers) {
    if (subscriber.readyState === subscriber.OPEN) subscriber.send(message)
  }
  publisher.send(ack)
}
