import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EventKind, eventOf, events } from './index.js'
import { actionOf, inject } from './testing/recording-cluster.js'

let directory: string

/** A docker and a kubectl that record their arguments, and fail when FAKE_EXIT says so. */
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wsbench-hooks-'))
  for (const program of ['docker', 'kubectl']) {
    const file = join(directory, program)
    writeFileSync(
      file,
      `#!/bin/sh\nfor a in "${program}" "$@"; do printf '%s|' "$a"; done >> "${directory}/calls"\necho >> "${directory}/calls"\nexit \${FAKE_EXIT:-0}\n`,
    )
    chmodSync(file, 0o755)
  }
  vi.stubEnv('PATH', `${directory}${delimiter}${process.env.PATH}`)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

function calls(): string[] {
  const file = join(directory, 'calls')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.replaceAll('|', ' ').trim())
}

/** Neither gone nor a zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function announced(kind: EventKind, given: object): readonly string[] | undefined {
  return eventOf(actionOf(kind, given)).announce?.(actionOf(kind, given))
}

describe('docker and kubectl', () => {
  it.each<[EventKind, object, readonly string[]]>([
    ['docker', { container: 'ws-1' }, ['docker kill ws-1']],
    ['docker', { container: 'ws-1', for: '2s' }, ['docker kill ws-1', 'docker start ws-1']],
    ['docker', { container: 'ws-1', action: 'pause' }, ['docker pause ws-1', 'docker unpause ws-1']],
    ['docker', { container: 'ws-1', action: 'restart', for: '2s' }, ['docker restart ws-1']],
    [
      'kubectl',
      { action: 'delete-pod', name: 'ws-0', namespace: 'chat' },
      ['kubectl --namespace=chat delete pod ws-0 --grace-period=0 --force --wait=false'],
    ],
    [
      'kubectl',
      { action: 'scale', name: 'deployment/ws', replicas: 2, restore: 4, for: '1s' },
      ['kubectl scale deployment/ws --replicas=2', 'kubectl scale deployment/ws --replicas=4'],
    ],
    [
      'kubectl',
      { action: 'rollout-restart', name: 'deployment/ws', context: 'staging' },
      ['kubectl --context=staging rollout restart deployment/ws'],
    ],
    [
      'kubectl',
      { action: 'cordon', name: 'machine-1' },
      ['kubectl cordon machine-1', 'kubectl uncordon machine-1'],
    ],
  ])('%s %j', async (kind, given, expected) => {
    const [first] = await inject(kind, { ...given, affects: ['a'] })
    expect(first).toBe('on a')
    expect(calls()).toEqual(expected)
    expect(announced(kind, given)).toEqual(expected)
  })

  it('one that fails is recorded as failed, and is undone as well', async () => {
    vi.stubEnv('FAKE_EXIT', '3')
    await expect(inject('kubectl', { action: 'cordon', name: 'm' })).rejects.toThrow('kubectl exited with 3')
    expect(calls()).toEqual(['kubectl cordon m', 'kubectl uncordon m'])
  })

  it('registers its undo before it begins, and until the undo has succeeded', async () => {
    const registered = ['on all', 'register undo kubectl uncordon m', 'wait 0']
    expect(await inject('kubectl', { action: 'cordon', name: 'm' })).toEqual([...registered, 'undone'])
    const made: string[] = []
    const failed = inject('exec', { run: ['docker'], undo: ['false'] }, { calls: made })
    await expect(failed).rejects.toThrow('undo failed: false exited with 1')
    expect(made).toEqual(['on all', 'register undo false', 'wait 0'])
  })

  it('lasts for its `for`, also without an undo', async () => {
    const given = { run: ['docker', 'restart', 'c'], for: '8s' }
    expect(await inject('exec', given)).toEqual(['on all', 'wait 8000'])
  })

  it('is undone when measuring ends early', async () => {
    await inject('docker', { container: 'c', for: '1h' }, { hasTime: false })
    expect(calls()).toEqual(['docker kill c', 'docker start c'])
  })

  it.each<[EventKind, object]>([
    ['docker', { container: '--privileged' }],
    ['docker', { container: 'a b' }],
    ['kubectl', { action: 'scale', name: 'deployment/ws' }],
    ['kubectl', { action: 'cordon', name: '--all' }],
    ['kubectl', { action: 'cordon', name: 'm', context: '-x' }],
    ['exec', { run: [] }],
    ['exec', { run: 'rm -rf /' }],
    ['http', { url: 'file:///etc/passwd' }],
  ])('%s rejects %j', (kind, given) => {
    expect(events[kind].arguments.safeParse(given).success).toBe(false)
  })
})

describe('exec', () => {
  it('passes arguments unchanged, without a shell; values of the environment are filled in and not announced', async () => {
    vi.stubEnv('TOKEN', 'secret')
    const run = ['docker', '$(id); {env:TOKEN}']
    await inject('exec', { run })
    expect(calls()).toEqual(['docker $(id); secret'])
    expect(announced('exec', { run })).toEqual(["docker '$(id); {env:TOKEN}'"])
  })

  it('ends with the program; processes that it left running continue', async () => {
    const pidFile = join(directory, 'pid')
    await inject('exec', { run: ['sh', '-c', `sleep 60 & echo $! > ${pidFile}`], timeout: '20s' })
    const daemon = Number(readFileSync(pidFile, 'utf8'))
    expect(isAlive(daemon)).toBe(true)
    process.kill(daemon, 'SIGKILL')
  })

  it('is ended at its timeout, with all that it started', async () => {
    const pidFile = join(directory, 'pid')
    const run = ['sh', '-c', `sleep 60 & echo $! > ${pidFile}; wait`]
    await expect(inject('exec', { run, timeout: '500ms' })).rejects.toThrow('sh did not end within 500 ms')
    const child = Number(readFileSync(pidFile, 'utf8'))
    await vi.waitFor(() => expect(isAlive(child)).toBe(false))
  })

  it('is not interrupted by a Ctrl-C at the terminal, and reads nothing from it', async () => {
    const file = join(directory, 'session')
    await inject('exec', { run: ['sh', '-c', `cat; ps -o sid= -p $$ > ${file}; echo $$ >> ${file}`] })
    const [session, shell] = readFileSync(file, 'utf8').trim().split('\n').map(Number)
    expect(session).toBe(shell)
  })

  it('reports how the program ended, or that it was not found', async () => {
    await expect(inject('exec', { run: ['sh', '-c', 'kill -TERM $$'] })).rejects.toThrow(
      'sh was ended by SIGTERM',
    )
    await expect(inject('exec', { run: ['no-such-program'] })).rejects.toThrow(
      'no-such-program could not be run: ENOENT',
    )
  })
})

describe('http', () => {
  it('makes its call, and another to undo it; anything but 2xx is a failure', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-key']}`)
      response.statusCode = request.url === '/no' ? 500 : 204
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    vi.stubEnv('KEY', 'k1')
    const headers = { 'x-key': '{env:KEY}' }
    await inject('http', {
      url: `${base}/cut`,
      headers,
      undo: { url: `${base}/heal`, method: 'DELETE', headers },
    })
    await expect(inject('http', { url: `${base}/no`, headers })).rejects.toThrow(/answered 500/)
    server.close()
    expect(seen).toEqual(['POST /cut k1', 'DELETE /heal k1', 'POST /no k1'])
  })

  it('is announced with the names of its headers and the beginning of its body, without values of the environment', () => {
    vi.stubEnv('KEY', 'hunter2')
    const url = 'http://h/cut?k={env:KEY}'
    const call = {
      url,
      headers: { 'x-key': '{env:KEY}', accept: 'a/b' },
      body: `{"a":"{env:KEY}"}\n${'x'.repeat(500)}`,
      undo: { url, method: 'GET', body: 'not sent' },
    }
    expect(announced('http', call)).toEqual([
      `POST ${url}, headers x-key, accept, body "{\\"a\\":\\"{env:KEY}\\"}\\n${'x'.repeat(182)}…"`,
      `GET ${url}`,
    ])
  })
})
