import { join } from 'node:path'
import { rolldown } from 'rolldown'

/** Each runs as a process of its own: the command line, and what src/base/entry-point.ts lists. */
const entries = [
  'src/cli',
  'src/generator/worker',
  'src/cluster/local/warden',
  'src/selftest/server-main',
  'reference-cluster/node/main',
  'reference-cluster/broker/main',
  'reference-cluster/balancer/main',
  'reference-cluster/proxy/main',
]

/**
 * Bundles compiled modules and the packages that they import into `directory`: a process that reads a few files starts in half the
 * time of one that reads four hundred. Names and lines are kept, so that a stack trace can be read.
 */
export async function bundle(compiled, directory) {
  const bundled = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, join(compiled, `${entry}.js`)])),
    platform: 'node',
    // Optional: missing unless it was installed.
    external: [/^@nats-io\//, 'bufferutil', 'utf-8-validate'],
    plugins: [requireWithoutEval],
    onwarn: (warning) => {
      throw new Error(warning.message)
    },
  })
  await bundled.write({
    dir: directory,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  })
  await bundled.close()
}

/** hdr-histogram-js hides its `require` of zlib from bundlers and would fall back to a slower one. */
const requireWithoutEval = {
  name: 'require-without-eval',
  transform: {
    filter: { id: /hdr-histogram-js/, code: /eval\(/ },
    handler: (code) => code.replace(/eval\('(require\("zlib"\)\.\w+)'\)/g, '$1'),
  },
}
