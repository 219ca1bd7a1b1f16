import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../base/package-info.js'

/** A docker client without an engine (test/fixtures/fake-docker.mjs). */
export interface FakeDocker {
  /** Directory of `docker`, for a PATH. */
  readonly path: string
  readonly binary: string
  /** Its directory, the value of FAKE_DOCKER. */
  readonly home: string
  /** Its calls, one per line, without the arguments that all compose commands have. */
  calls(): string[]
}

export function installFakeDocker(directory: string): FakeDocker {
  const path = join(directory, 'bin')
  const home = join(directory, 'docker')
  for (const folder of [path, home]) mkdirSync(folder)
  const binary = join(path, 'docker')
  const script = join(packageRoot, 'test/fixtures/fake-docker.mjs')
  writeFileSync(
    binary,
    `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(script)} "$@"\n`,
  )
  chmodSync(binary, 0o755)
  return {
    path,
    binary,
    home,
    calls: () =>
      readFileSync(join(home, 'argv.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) =>
          wordsOf(JSON.parse(line))
            .join(' ')
            .replaceAll(/wsbench-\w{8}/g, 'P'),
        ),
  }
}

function wordsOf(args: readonly string[]): readonly string[] {
  return args[1] === '--project-name' ? args.slice(5) : args
}
