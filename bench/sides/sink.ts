/** Clients that subscribe to channel 0 and throw away what they get: as cheap a receiver as Node has. */
import { connect } from 'node:net'
import { encodeFrame } from '../../src/generator/wire/frame-writer.js'
import { buildRequest, createKey } from '../../src/generator/wire/handshake.js'
import { opcodes } from '../../src/generator/wire/opcodes.js'

const { host, port, path, clients } = JSON.parse(process.env.WSBENCH_SINK!)
const buffer = Buffer.allocUnsafeSlow(1 << 16)
const subscribe = encodeFrame(opcodes.text, JSON.stringify({ op: 'subscribe', channels: [0] }))
let subscribed = 0

function open(): void {
  let isSubscribing = false
  let isSubscribed = false
  const socket = connect({
    host,
    port,
    onread: {
      buffer,
      callback: () => {
        if (isSubscribed) return true
        if (isSubscribing) {
          isSubscribed = true
          subscribed += 1
          if (subscribed === clients) process.send?.({ type: 'connected' })
          else if (subscribed % 50 === 0) openSome()
        } else {
          isSubscribing = true
          socket.write(subscribe)
        }
        return true
      },
    },
  })
  socket.write(buildRequest({ host, port, path }, createKey()))
}

function openSome(): void {
  for (let count = 0; count < 50; count += 1) open()
}

openSome()
