import { Command } from 'commander'
import { bridges } from '../../reference-cluster/node/bridges/index.js'
import { usageError } from '../base/errors.js'
import { exitCodes } from '../base/exit-codes.js'
import { interruptible } from '../base/interrupt.js'
import { stdout } from '../base/terminal-output.js'
import { events } from '../chaos/index.js'
import { strategies } from '../cluster/affinity/index.js'
import { balancers } from '../cluster/balancers/index.js'
import { ask } from '../daemon/control-client.js'
import { parseEvent, type UpOptions } from '../daemon/daemon-plan.js'
import { detach, tellStarter } from '../daemon/detach.js'
import type { Reply } from '../daemon/messages.js'
import { statusOf } from '../daemon/status.js'
import { statusTable } from '../daemon/status-table.js'
import { serveCluster } from '../daemon/up.js'
import { renderingFor } from '../live/terminal.js'
import { noteUnless } from '../live/watched-run.js'
import { argumentOf, optionOf } from './options.js'
import { summaries } from './summaries.js'

export function clusterCommand(): Command {
  return new Command('cluster')
    .description(summaries.cluster)
    .addCommand(upCommand())
    .addCommand(statusCommand())
    .addCommand(chaosCommand())
    .addCommand(downCommand())
    .addHelpText(
      'after',
      `
Examples:
  wsbench cluster up --detach --balancer haproxy --strategy cookie --nodes 4
  wsbench cluster status
  wsbench cluster chaos node-kill --node 2
  wsbench cluster down`,
    )
}

function upCommand(): Command {
  return new Command('up')
    .description('start it, until Ctrl-C or "wsbench cluster down"; one at a time for each user')
    .addOption(optionOf('--balancer <kind>', 'the balancer', ['auto', ...Object.keys(balancers)]))
    .addOption(optionOf('--strategy <name>', 'how the balancer chooses a node', Object.keys(strategies)))
    .option('--nodes <count>', 'number of nodes')
    .addOption(optionOf('--bridge <kind>', 'how messages get from node to node', Object.keys(bridges)))
    .option('--clients <count>', 'how many clients to expect', '1000')
    .option('--proxy', 'put a proxy between nodes and broker, which the events partition and latency need')
    .option('--detach', 'run it in the background')
    .addHelpText(
      'after',
      `
Examples:
  wsbench cluster up
  wsbench cluster up --detach --nodes 4 --bridge redis-streams`,
    )
    .action(async (options: UpOptions & { detach?: true }) => {
      if (options.detach) await upInBackground(options)
      else await up(options)
    })
}

async function up(options: UpOptions): Promise<void> {
  const starter = tellStarter()
  const since = new Date().toISOString()
  await interruptible(noteUnless(false), (signal) =>
    serveCluster(options, signal, async (cluster) => {
      stdout.printReport(statusTable(await statusOf(cluster, since), renderingFor(true)))
      starter.isUp()
    }),
  )
}

async function upInBackground({
  detach: _,
  proxy,
  ...options
}: UpOptions & { detach?: true }): Promise<void> {
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  await detach(['cluster', 'up', ...given, ...(proxy ? ['--proxy'] : [])])
  await status({})
}

function statusCommand(): Command {
  return new Command('status')
    .description('show its addresses, and how many clients each node has')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  wsbench cluster status\n  wsbench cluster status --json')
    .action(status)
}

async function status({ json }: { readonly json?: true }): Promise<void> {
  await ask({ type: 'status' }, (reply) => {
    if (reply.type !== 'status') return
    const text = json
      ? `${JSON.stringify(reply.status, null, 2)}\n`
      : statusTable(reply.status, renderingFor(true))
    stdout.printReport(text)
  })
}

function chaosCommand(): Command {
  return new Command('chaos')
    .description('run an event on it, and wait for its end; Ctrl-C ends it early')
    .addArgument(argumentOf('<event>', 'wsbench list events', Object.keys(events)))
    .argument('[settings...]', 'settings of the event, as --name value: --node 2, --for 10s')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `
Examples:
  wsbench cluster chaos node-kill --node 2
  wsbench cluster chaos broker-freeze --for 5s
  wsbench cluster chaos scale-out --nodes 2`,
    )
    .action(async (event: string, given: string[]) => {
      const settings = settingsOf(given)
      parseEvent(event, settings)
      await ask({ type: 'chaos', event, settings }, note)
    })
}

/** `--node 2 --for=10s` → `node=2`, `for=10s` */
function settingsOf(given: readonly string[]): string[] {
  const settings: string[] = []
  for (let index = 0; index < given.length; index += 1) {
    const [, name, value = given[++index]] = /^--([a-z][A-Za-z]*)(?:=(.*))?$/s.exec(given[index]!) ?? []
    if (name === undefined || value === undefined) {
      throw usageError(`${given.join(' ')}: expected --name value, such as --node 2`)
    }
    settings.push(`${name}=${value}`)
  }
  return settings
}

function downCommand(): Command {
  return new Command('down')
    .description('stop it, and leave nothing behind')
    .addHelpText('after', '\nExamples:\n  wsbench cluster down')
    .action(async () => {
      await ask({ type: 'down' }, note)
      process.exitCode = exitCodes.pass
    })
}

function note(reply: Reply): void {
  if (reply.type === 'note') stdout.print(reply.text)
}
