// Breaks one counting rule at a time in a copy of build/, bundles that and expects `wsbench selftest --quick` to detect each.
// Arguments: names of mutations; default: all. Run after the build. Exits 1 if one is missed.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { bundle } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const exits = { miscount: 1, invalid: 4 }

/** @type {readonly { name: string, file: string, from: string, to: string }[]} */
const mutations = [
  {
    name: 'a lost message is not detected',
    file: 'results/delivery/tracker.js',
    from: 'if (sequence > next && ',
    to: 'if (false && ',
  },
  {
    name: 'head loss is not detected',
    file: 'results/delivery/tracker.js',
    from: 'if (sequence > next && ',
    to: 'if (sequence > next && next > 1 && ',
  },
  {
    name: 'tail loss is not detected',
    file: 'results/delivery/classify.js',
    from: 'this.#judgeMissing(client, stream, group, Math.max(dueFrom, next[pair] - 1), length, NEVER)',
    to: '',
  },
  {
    name: 'a filled gap stays open',
    file: 'results/delivery/gap-lists.js',
    from: 'this.#carve(pair, before, range, sequence);',
    to: '',
  },
  {
    name: 'no message is reordered',
    file: 'results/delivery/tracker.js',
    from: "this.#count('reordered', copy);",
    to: '',
  },
  {
    name: 'no delivery is late',
    file: 'results/delivery/tracker.js',
    from: "this.#count('late', copy);",
    to: ';',
  },
  {
    name: 'a late copy counts as reordered after a reconnect, too',
    file: 'results/delivery/tracker.js',
    from: 'sentMicros < this.epochs.subMicros(epoch) - this.boundaryMicros',
    to: 'false',
  },
  {
    name: 'no copy is a duplicate in its epoch',
    file: 'results/delivery/tracker.js',
    from: "this.#count('duplicateInEpoch', copy);",
    to: '',
  },
  {
    name: 'a duplicate across epochs counts as in epoch',
    file: 'results/delivery/tracker.js',
    from: 'fill === fills.filledBefore || !(isOfOlderGap || isHandover)',
    to: 'true',
  },
  {
    name: 'filled gaps are remembered beyond their epoch',
    file: 'results/delivery/tracker.js',
    from: 'this.gaps.forgetFilled(pair);',
    to: '',
  },
  {
    name: 'lost on disconnect counts as lost in flight',
    file: 'results/delivery/loss-judge.js',
    from: 'sentMicros < end - graceMicros || openedMicros <= end',
    to: 'sentMicros < end || openedMicros <= end',
  },
  {
    name: 'a later message on the same connection proves nothing',
    file: 'results/delivery/loss-judge.js',
    from: '|| openedMicros <= end',
    to: '',
  },
  {
    name: 'what is unpublished is not planned',
    file: 'results/delivery/classify.js',
    from: 'classIndex.planned, to - from)',
    to: 'classIndex.planned, to - from - unpublished)',
  },
  {
    name: 'a refused publish is indeterminate',
    file: 'results/delivery/ledger-index.js',
    from: '!isDue && result !== outcomes.unacked',
    to: 'result === outcomes.failed',
  },
  {
    name: 'lost while offline counts as lost on disconnect',
    file: 'results/delivery/loss-judge.js',
    from: "sentMicros <= end ? 'lostOnDisconnect' : 'lostWhileOffline'",
    to: "'lostOnDisconnect'",
  },
  {
    name: 'a loss class is reused beyond the grace period',
    file: 'results/delivery/loss-judge.js',
    from: 'until = earlierAfter(sentMicros, end - graceMicros, until);',
    to: '',
  },
  {
    name: 'a false recovery is not counted',
    file: 'results/delivery/loss-judge.js',
    from: 'this.log.isRecovered(next)',
    to: 'false',
  },
  {
    name: 'the claim of recovery is ignored',
    file: 'generator/clients.js',
    from: 'recovered === true',
    to: 'false',
  },
  {
    name: 'a failed publish is due',
    file: 'results/delivery/ledger-index.js',
    from: 'result === outcomes.acked || isUnackedDelivered',
    to: 'result === outcomes.acked || result === outcomes.failed || isUnackedDelivered',
  },
  {
    name: 'an unacked publish is due',
    file: 'results/delivery/ledger-index.js',
    from: 'result === outcomes.acked || isUnackedDelivered',
    to: 'result === outcomes.acked || result === outcomes.unacked || isUnackedDelivered',
  },
  {
    name: 'a received copy does not make an unacked publish due',
    file: 'results/delivery/unacked-delivered.js',
    from: 'if (came.length === 0)',
    to: 'if (true)',
  },
  {
    name: 'a refused publish counts as acked',
    file: 'generator/client-publisher.js',
    from: 'buffer[start + at.status] === ackStatus.accepted',
    to: 'true',
  },
  {
    name: 'a second ack counts again',
    file: 'generator/ledger.js',
    from: 'this.#outcome[sequence - 1] !== outcomes.unacked ||',
    to: '',
  },
  {
    name: 'a message of another run is accepted',
    file: 'generator/clients.js',
    from: 'view.getUint32(start + at.run, true) !== sealed',
    to: 'false',
  },
  {
    name: 'a changed body is not noticed',
    file: 'protocols/filler.js',
    from: 'bytes.compare(text, from, from + end - start, start, end) === 0',
    to: 'true',
  },
  {
    name: 'a body that is too short or too long is not noticed',
    file: 'generator/clients.js',
    from: 'end - start !== sizeBytes',
    to: 'false',
  },
  {
    name: 'a message cut in its header is not counted',
    file: 'generator/clients.js',
    from: 'this.tracker.malformed();',
    to: '',
  },
  {
    name: 'a message of a channel not subscribed is accepted',
    file: 'results/delivery/layout.js',
    from: '&& this.channelOf[low] === channel',
    to: '',
  },
  {
    name: "another channel's publisher is accepted",
    file: 'results/delivery/layout.js',
    from: 'order < this.publishers[channel]',
    to: 'order < 1e9',
  },
  {
    name: 'a message never published is accepted',
    file: 'results/delivery/classify.js',
    from: 'this.#unpublished += strays.unpublished;',
    to: '',
  },
  {
    name: 'losses are counted for the latest node',
    file: 'results/delivery/loss-judge.js',
    from: 'this.node = this.log.node(epoch)',
    to: 'this.node = this.log.node(this.#epochs.at(-1))',
  },
  {
    name: 'duplicates are counted for the latest node',
    file: 'results/delivery/epochs.js',
    from: 'this.#sub[epoch] > micros &&',
    to: 'false &&',
  },
  {
    name: 'due messages are counted in the first phase',
    file: 'results/delivery/classify.js',
    from: 'this.#phases.phaseOf(span)',
    to: '0',
  },
  {
    name: 'an epoch does not end with its connection',
    file: 'generator/clients.js',
    from: 'this.tracker.endEpoch(client, nowMicros())',
    to: 'false',
  },
  {
    name: 'a close code is not counted',
    file: 'generator/connection-counters.js',
    from: 'this.closeCodes.add(String(code));',
    to: '{}',
  },
]

/** A copy of the build, whose files may be changed. */
function copyOfBuild() {
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-mutation-'))
  for (const entry of ['build', 'dist', 'package.json'])
    cpSync(join(root, entry), join(directory, entry), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  return directory
}

/** Exit code and first line of a selftest. */
function selftest(directory) {
  const cli = join(directory, 'dist/src/cli.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'selftest', '--quick', '--quiet'], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    timeout: 240_000,
  })
  return { status, line: (stdout || stderr || 'no end within 4 minutes').split('\n')[0] }
}

/** The file's text; throws unless it contains `from` exactly once. */
function sourceOf(directory, { name, file, from }) {
  const source = readFileSync(join(directory, 'build/src', file), 'utf8')
  if (source.split(from).length !== 2) throw new Error(`${name}: ${file} must have ${from} exactly once`)
  return source
}

async function bundleMutated(directory, mutation) {
  const path = join(directory, 'build/src', mutation.file)
  const source = sourceOf(directory, mutation)
  const mutated = source.replace(mutation.from, () => mutation.to)
  writeFileSync(path, mutated)
  await bundle(join(directory, 'build'), join(directory, 'dist'))
  writeFileSync(path, source)
}

async function check(directory, mutation) {
  await bundleMutated(directory, mutation)
  const { status, line } = selftest(directory)
  // A crash exits 1 as well, and says nothing about the counts.
  const isCaught = status === exits.miscount && line.startsWith('✗ FAIL')
  const verdict = isCaught ? 'caught' : status === exits.invalid ? 'too busy to tell' : 'MISSED'
  process.stderr.write(`${verdict}: ${mutation.name}: ${line}\n`)
  return { ...mutation, isCaught, verdict }
}

function print(results) {
  const table = new Table({ head: ['mutation', 'in', ''], style: { head: [], border: [] } })
  for (const { name, file, verdict } of results) table.push([name, file, verdict])
  const caught = results.filter(({ isCaught }) => isCaught).length
  process.stdout.write(`${table}\n${caught} of ${results.length} mutations caught\n`)
}

const names = process.argv.slice(2)
const chosen = mutations.filter(({ name }) => names.length === 0 || names.includes(name))
if (names.some((name) => !chosen.some((mutation) => mutation.name === name)))
  throw new Error('no such mutation')
const directory = copyOfBuild()
try {
  // All of them, whichever were chosen, to notice a rule that was rewritten.
  for (const mutation of mutations) sourceOf(directory, mutation)
  const unharmed = selftest(directory)
  if (unharmed.status !== 0) throw new Error(`the selftest must pass unmutated, but: ${unharmed.line}`)
  const results = []
  for (const mutation of chosen) results.push(await check(directory, mutation))
  print(results)
  process.exitCode = results.every(({ isCaught }) => isCaught) ? 0 : 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}
