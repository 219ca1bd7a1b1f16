import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { createTlsIdentity } from './certificate.js'

const identity = createTlsIdentity('127.0.0.1')
const ca = new X509Certificate(identity.ca)
const certificate = new X509Certificate(identity.certificate)

test('the certificate is for its address, by the CA, and for its key', () => {
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

test('no two are alike', () => {
  const other = createTlsIdentity('127.0.0.1')
  expect(new X509Certificate(other.ca).publicKey.equals(ca.publicKey)).toBe(false)
  expect(new X509Certificate(other.certificate).serialNumber).not.toBe(certificate.serialNumber)
})

test('a client that trusts the CA believes it, one that trusts another or wants another address does not', async () => {
  const server = createServer({ cert: identity.certificate, key: identity.key }, (socket) => socket.end())
  // A client that does not believe resets.
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
