import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { createTlsIdentity } from './certificate.js'

const identity = createTlsIdentity('127.0.0.1')
const ca = new X509Certificate(identity.ca)
const certificate = new X509Certificate(identity.certificate)

test('the certificate has its address and key, and is signed by the CA', () => {
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.checkIP('127.0.0.2')).toBeUndefined()
  expect(certificate.checkIssued(ca)).toBe(true)
  expect(certificate.verify(ca.publicKey)).toBe(true)
  expect(certificate.checkPrivateKey(createPrivateKey(identity.key))).toBe(true)
  expect([ca.ca, certificate.ca]).toEqual([true, false])
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now())
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 86_400_000)
})

test('each call makes new keys and serial numbers', () => {
  const other = createTlsIdentity('127.0.0.1')
  expect(new X509Certificate(other.ca).publicKey.equals(ca.publicKey)).toBe(false)
  expect(new X509Certificate(other.certificate).serialNumber).not.toBe(certificate.serialNumber)
})

test('a client accepts it if it trusts the CA, and rejects it for another CA or another address', async () => {
  const server = createServer({ cert: identity.certificate, key: identity.key }, (socket) => socket.end())
  // A client that rejects the certificate resets the connection.
  server.on('tlsClientError', () => {})
  server.listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const connected = async (host: string, trusted: string) => {
    const socket = connect({ host, port, ca: trusted })
    socket.resume()
    await once(socket, 'secureConnect')
    await once(socket, 'close')
  }
  await connected('127.0.0.1', identity.ca)
  await expect(connected('127.0.0.1', createTlsIdentity('127.0.0.1').ca)).rejects.toThrow(/signature|verify/)
  if (process.platform === 'linux')
    await expect(connected('127.0.0.2', identity.ca)).rejects.toThrow(/IP.*127\.0\.0\.2/)
})
