import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { exitCodes } from '../../src/base/exit-codes.js'
import { type FakeDocker, installFakeDocker } from '../../src/cluster/testing/fake-docker.js'
import type { DocBlock } from './doc-blocks.js'
import { root } from './wsbench.js'

/** Commands at once: a run in miniature mostly waits. */
const MOST_AT_ONCE = 4

/** Runs the blocks of pages as a reader would, each page in a directory of its own. */
export class DocRunner {
  readonly #home = mkdtempSync(join(tmpdir(), 'wsbench-docs-'))
  /** Where the files are that a script left, by what it said and what it found. */
  readonly #left = new Map<string, Promise<string>>()
  /** Its containers are processes: no engine is needed. */
  readonly #docker: FakeDocker = installFakeDocker(mkdtempSync(join(this.#home, 'docker-')))
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor() {
    const shim = `exec ${JSON.stringify(process.execPath)} ${JSON.stringify(join(root, 'test/support/docs-wsbench.mjs'))} "$@"\n`
    mkdirSync(join(this.#home, 'bin'))
    this.#program('wsbench', shim)
    this.#program(
      'npx',
      `[ "$1" = wsbench ] || { echo "no npx of $1 in the docs' test" >&2; exit 127; }\nshift\n${shim}`,
    )
  }

  /** An empty directory to run a page's blocks in. */
  page(): string {
    return mkdtempSync(join(this.#home, 'page-'))
  }

  /**
   * Runs a block; throws what it said when its exit code is another than the block's. Of a block that is `each`, every
   * line is a script that needs none of the others.
   */
  async run(block: DocBlock, directory: string): Promise<void> {
    if (block.language === 'sh' && !('each' in block.settings)) {
      await this.#runOnce(block, block.text, directory)
      return
    }
    const lines = block.text.split('\n').filter((line) => /^[^#\s]/.test(line))
    await Promise.all(
      lines.map(async (line) => {
        const own = this.page()
        cpSync(directory, own, { recursive: true })
        await this.#runOnce(block, line, own)
        cpSync(own, directory, { recursive: true })
      }),
    )
  }

  dispose(): void {
    rmSync(this.#home, { recursive: true, force: true })
  }

  /** A script that ran before where all was as it is now is not run again: what it left then is put there. */
  async #runOnce(block: DocBlock, script: string, directory: string): Promise<void> {
    // What goes on in the background is not in the files.
    if (script.includes('wsbench cluster')) {
      await this.#check(block, script, directory)
      return
    }
    const key = `${fingerprint(directory)} ${block.settings.exit} ${script.replaceAll('npx wsbench', 'wsbench')}`
    const known = this.#left.get(key)
    if (known !== undefined) {
      cpSync(await known, directory, { recursive: true })
      return
    }
    const left = this.#check(block, script, directory).then(() => {
      const copy = mkdtempSync(join(this.#home, 'left-'))
      cpSync(directory, copy, { recursive: true })
      return copy
    })
    this.#left.set(key, left)
    await left
  }

  async #check({ page, line, settings }: DocBlock, script: string, directory: string): Promise<void> {
    const expected = Number(settings.exit ?? 0)
    let { code, said } = await this.#serialQueue(() => this.#bash(script, directory))
    // The machine was too busy to tell: once more. Nothing else is tried again.
    if (code === exitCodes.invalid && expected !== exitCodes.invalid)
      ({ code, said } = await this.#serialQueue(() => this.#bash(script, directory)))
    // A gate on speed that the generator could have decided says that the machine was busy, not that the page is wrong.
    const isUndecided =
      code === exitCodes.invalid && expected === exitCodes.pass && said.includes(' undecided: ')
    if (code !== expected && !isUndecided)
      throw new Error(`${page}:${line}: exit ${code}, not ${expected}\n${script}\n${said}`)
  }

  async #serialQueue<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#running >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running += 1
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }

  #program(name: string, script: string): void {
    const file = join(this.#home, 'bin', name)
    writeFileSync(file, `#!/bin/sh\n${script}`)
    chmodSync(file, 0o755)
  }

  /** A cluster that the script brought up and left goes down with it. */
  #bash(script: string, cwd: string): Promise<{ readonly code: number | null; readonly said: string }> {
    const runtime = `${cwd}.run`
    mkdirSync(runtime, { recursive: true, mode: 0o700 })
    const ending = script.includes('cluster up') ? `trap 'wsbench cluster down >&2 || true' ERR\n` : ''
    const child = spawn('bash', ['-euo', 'pipefail', '-c', ending + script], {
      cwd,
      env: {
        ...process.env,
        CI: '',
        NO_COLOR: '1',
        PATH: [join(this.#home, 'bin'), this.#docker.path, process.env.PATH].join(delimiter),
        FAKE_DOCKER: this.#docker.home,
        HOME: this.#home,
        XDG_RUNTIME_DIR: runtime,
        XDG_STATE_HOME: this.#home,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk
      })
    }
    // Not `close`: a cluster in the background may keep the pipes.
    return new Promise((resolve) => child.once('exit', (code) => resolve({ code, said })))
  }
}

function fingerprint(directory: string): string {
  const hash = createHash('sha256')
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)))
  }
  return hash.digest('hex')
}
