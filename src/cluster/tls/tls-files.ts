import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTlsIdentity } from './certificate.js'

/** The certificate of a run in files, readable only for their owner, and the CA that clients trust. */
export interface TlsFiles {
  /** PEM text of the CA. */
  readonly ca: string
  readonly certificateFile: string
  readonly keyFile: string
  /** Certificate and key in one file, for HAProxy. */
  readonly bundleFile: string
}

/** Makes a certificate for `host`, an IPv4 address, and writes it into `directory`. */
export async function writeTlsFiles(directory: string, host: string): Promise<TlsFiles> {
  const { ca, certificate, key } = createTlsIdentity(host)
  const write = async (file: string, text: string) => {
    const path = join(directory, file)
    await writeFile(path, text, { mode: 0o600 })
    return path
  }
  return {
    ca,
    certificateFile: await write('balancer.crt', certificate),
    keyFile: await write('balancer.key', key),
    bundleFile: await write('balancer.pem', certificate + key),
  }
}
