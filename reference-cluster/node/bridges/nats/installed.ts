import { setupError } from '../../../../src/base/errors.js'

/** A module that needs the NATS client, which is an optional dependency. */
export async function withNatsClient<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    const packages = '@nats-io/transport-node @nats-io/jetstream'
    throw setupError('the NATS client is not installed', `npm install ${packages}`, cause)
  }
}
