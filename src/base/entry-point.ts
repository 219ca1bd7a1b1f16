import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setupError } from './errors.js'
import { packageRoot } from './package-info.js'

/** The modules that run as separate processes, by their path in dist/ (scripts/bundle.mjs lists them as well). */
const modules = {
  worker: 'src/generator/worker.js',
  warden: 'src/cluster/local/warden.js',
  node: 'reference-cluster/node/main.js',
  broker: 'reference-cluster/broker/main.js',
  balancer: 'reference-cluster/balancer/main.js',
  proxy: 'reference-cluster/proxy/main.js',
  selftestServer: 'src/selftest/server-main.js',
} as const

/** Absolute path of a compiled entry point, even when this runs from TypeScript; a setupError if it is not built. */
export function entryPoint(name: keyof typeof modules): string {
  const file = join(packageRoot, 'dist', modules[name])
  if (!existsSync(file)) throw setupError(`${file} does not exist`, 'build wsbench first: npm run build')
  return file
}
