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
import type { DocBlock } from './doc-blocks.js'
import { root } from './wsbench.js'

/** Runs the blocks of pages as a reader would, one page at a time, each page in a directory of its own. */
export class DocRunner {
  readonly #home = mkdtempSync(join(tmpdir(), 'wsbench-docs-'))
  /** Where the files are that a block left, by what it said and what it found. */
  readonly #left = new Map<string, string>()

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
   * Runs a block; throws what it said when its exit code is another than the block's. A block that ran before where all
   * was as it is now is not run again: what it left then is put there.
   */
  async run({ page, line, text, settings }: DocBlock, directory: string): Promise<void> {
    const key = `${fingerprint(directory)} ${text}`
    const known = this.#left.get(key)
    if (known !== undefined) {
      cpSync(known, directory, { recursive: true })
      return
    }
    const { code, said } = await this.#bash(text, directory)
    const expected = Number(settings.exit ?? 0)
    if (code !== expected) throw new Error(`${page}:${line}: exit ${code}, not ${expected}\n${text}\n${said}`)
    // What goes on in the background is not in the files.
    if (text.includes('wsbench cluster')) return
    const copy = mkdtempSync(join(this.#home, 'left-'))
    cpSync(directory, copy, { recursive: true })
    this.#left.set(key, copy)
  }

  dispose(): void {
    rmSync(this.#home, { recursive: true, force: true })
  }

  #program(name: string, script: string): void {
    const file = join(this.#home, 'bin', name)
    writeFileSync(file, `#!/bin/sh\n${script}`)
    chmodSync(file, 0o755)
  }

  #bash(script: string, cwd: string): Promise<{ readonly code: number | null; readonly said: string }> {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd,
      env: {
        ...process.env,
        CI: '',
        NO_COLOR: '1',
        PATH: [join(this.#home, 'bin'), process.env.PATH].join(delimiter),
        HOME: this.#home,
        XDG_RUNTIME_DIR: this.#home,
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
