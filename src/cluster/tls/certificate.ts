import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { der } from './der.js'

/** PEM texts: a balancer's certificate and key, and the CA that clients must trust. */
export interface TlsIdentity {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/** Tolerates a clock that is set back during the run. */
const VALID_BEFORE_MS = 3_600_000
const VALID_FOR_MS = 7 * 86_400_000

/**
 * A new CA and a certificate for one IPv4 address, ECDSA on P-256 (RFC 5280, RFC 5758). The CA's key is discarded, so that
 * nothing else can be signed with it.
 */
export function createTlsIdentity(ipAddress: string): TlsIdentity {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = name('wsbench CA of one run')
  const ca = certificate({
    issuer,
    subject: issuer,
    subjectKey: authority.publicKey,
    signingKey: authority.privateKey,
    extensions: [basicConstraints(true), keyUsage(usages.signCertificates)],
  })
  const server = certificate({
    issuer,
    subject: name(ipAddress),
    subjectKey: leaf.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      basicConstraints(false),
      keyUsage(usages.signHandshakes),
      serverAuth(),
      subjectAltName(ipAddress),
    ],
  })
  const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { ca: pem(ca), certificate: pem(server), key }
}

interface CertificateParts {
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly subjectKey: KeyObject
  readonly signingKey: KeyObject
  readonly extensions: readonly Buffer[]
}

/** Certificate, RFC 5280 §4.1. */
function certificate({ issuer, subject, subjectKey, signingKey, extensions }: CertificateParts): Buffer {
  const algorithm = der.sequence(der.oid('1.2.840.10045.4.3.2'))
  const body = der.sequence(
    der.tagged(0, der.integer(Buffer.from([2]))),
    der.integer(serial()),
    algorithm,
    issuer,
    der.sequence(der.time(fromNow(-VALID_BEFORE_MS)), der.time(fromNow(VALID_FOR_MS))),
    subject,
    subjectKey.export({ type: 'spki', format: 'der' }),
    der.tagged(3, der.sequence(...extensions)),
  )
  return der.sequence(body, algorithm, der.bits(sign('sha256', body, signingKey)))
}

/** 127 bits, random except the highest, which is set so that the number is never zero or shorter. */
function serial(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes
}

function fromNow(milliseconds: number): Date {
  return new Date(Date.now() + milliseconds)
}

function name(common: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.text(common))))
}

/** Bits of KeyUsage, and the number of unused bits after them. */
const usages = { signHandshakes: [0x80, 7], signCertificates: [0x04, 2] } as const

function keyUsage([bits, unusedBits]: (typeof usages)[keyof typeof usages]): Buffer {
  return critical('2.5.29.15', der.bits(Buffer.from([bits]), unusedBits))
}

function basicConstraints(isAuthority: boolean): Buffer {
  return critical('2.5.29.19', der.sequence(...(isAuthority ? [der.true()] : [])))
}

function serverAuth(): Buffer {
  return extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.1')))
}

/** With one iPAddress, which clients compare with the address they connect to. */
function subjectAltName(ipAddress: string): Buffer {
  const octets = Buffer.from(ipAddress.split('.').map(Number))
  return extension('2.5.29.17', der.sequence(der.tagged(7, octets, true)))
}

function extension(oid: string, content: Buffer): Buffer {
  return der.sequence(der.oid(oid), der.octets(content))
}

function critical(oid: string, content: Buffer): Buffer {
  return der.sequence(der.oid(oid), der.true(), der.octets(content))
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
