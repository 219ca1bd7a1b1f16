import { expect, it } from 'vitest'
import { runProgram } from './run-program.js'

const PLENTY_MS = 30_000
const sh = (script: string, withinMs = PLENTY_MS) => runProgram('/bin/sh', ['-c', script], withinMs)

it('has the output of both streams, and how it ended', async () => {
  expect(await sh('echo a; echo b >&2')).toEqual({ failure: null, stdout: 'a\n', stderr: 'b\n' })
  expect(await sh('echo why >&2; exit 3')).toMatchObject({ failure: 'it exited with 3', stderr: 'why\n' })
  expect(await sh('kill -TERM $$')).toMatchObject({ failure: 'it was ended by SIGTERM' })
  expect((await runProgram('/nonexistent', [], PLENTY_MS)).failure).toMatch(/ENOENT/)
})

it('kills one that does not end, even one that is stopped or ignores SIGTERM', async () => {
  const late = { failure: 'it did not end within 100 ms' }
  expect(await sh('trap "" TERM; while :; do sleep 1; done', 100)).toMatchObject(late)
  expect(await sh('kill -STOP $$', 100)).toMatchObject(late)
})

it('does not wait for what the program leaves behind', async () => {
  const { failure, stdout } = await sh('sleep 60 & echo $!')
  expect(failure).toBeNull()
  process.kill(Number(stdout))
})
