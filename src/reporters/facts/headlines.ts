import { plural } from '../../base/format.js'
import type { Result } from '../../results/result.js'
import { type Fact, type FactTable, NOTHING } from './fact.js'
import type { RunFacts } from './run-facts.js'

/** One subject of the summary, and the most important facts about it. */
export interface Headline {
  readonly label: string
  readonly facts: readonly Fact[]
}

const shownPercentiles = ['p50', 'p99', 'p99.9', 'max']

/** The few facts of a run that answer most questions. Each is one of `facts`, or is made of some. */
export function headlines(result: Result, facts: RunFacts): Headline[] {
  const lines: Headline[] = [
    { label: 'clients', facts: clients(facts) },
    { label: 'deliveries', facts: deliveries(facts) },
    { label: 'lost', facts: lost(facts) },
    { label: 'latency', facts: latency(facts) },
    ...recoveries(facts),
    { label: 'generator', facts: generator(result, facts) },
    { label: 'notes', facts: facts.notes?.items ?? [] },
  ]
  return lines.filter((line) => line.facts.length > 0)
}

function pick(facts: readonly Fact[] | undefined, labels: readonly string[]): Fact[] {
  return (facts ?? []).filter(({ label }) => labels.includes(label))
}

function clients({ connections: block }: RunFacts): Fact[] {
  return pick(block?.facts, ['clients', 'never subscribed', 'failed']).map(unlabelled('clients'))
}

/** For a fact whose label is that of its line. */
function unlabelled(line: string): (fact: Fact) => Fact {
  return (fact) => (fact.label === line ? { ...fact, label: '', isCount: false } : fact)
}

/** The availability, and whatever is not as it should be. */
function deliveries({ deliveries: block }: RunFacts): Fact[] {
  const others = (block?.facts ?? []).filter(
    ({ label, tone }) => (tone === 'bad' || tone === 'doubt') && label !== 'lost' && label !== 'allowed',
  )
  return [...pick(block?.facts, ['availability']), ...others]
}

/** How many, to what they are attributed, and whether anything forbids it. */
function lost({ deliveries: block }: RunFacts): Fact[] {
  const byCause = block?.tables.find(({ title }) => title === 'Lost by cause')
  const causes = (byCause?.rows ?? [])
    .filter(({ name }) => name !== 'all')
    .map(({ name }, row) => ({ label: name, value: cell(byCause!, row, 'lost') }))
  const [count = [], allowed = []] = ['lost', 'allowed'].map((label) => pick(block?.facts, [label]))
  return [...count.map(unlabelled('lost')), ...causes, ...allowed]
}

function latency({ latency: block }: RunFacts): Fact[] {
  const table = block?.table
  const row = table?.rows.findIndex(({ name }) => name === 'from planned send') ?? -1
  if (!table || row === -1) return []
  return shownPercentiles.map((label) => ({ label: '', value: `${label} ${cell(table, row, label)}` }))
}

/** A line for each event: how many it disconnected, how soon the last of them was back, and the downtime. */
function recoveries({ events: block }: RunFacts): Headline[] {
  return (block?.groups ?? []).map(({ name, facts }, row) => {
    const disconnected = cell(block!.table!, row, 'disconnected')
    const downtime = cell(block!.table!, row, 'downtime p95')
    return {
      label: name,
      facts: [
        ...block!.items.filter(({ label }) => label === name).map((item) => ({ ...item, label: 'failed' })),
        { label: 'disconnected', value: disconnected, isCount: true },
        ...pick(facts, ['never reconnected']),
        ...pick(facts, ['recovery']).map((fact) => ({ ...fact, value: fact.value.split(', ').at(-1)! })),
        ...(downtime === NOTHING ? [] : [{ label: 'downtime p95', value: downtime }]),
      ],
    }
  })
}

/** What it was, and how near each figure came to the bound above which the run would be invalid. */
function generator(result: Result, { generator: block }: RunFacts): Fact[] {
  const { workers } = result.generator
  if (workers.length === 0 || !block?.table) return []
  const bounded = block.table.rows.flatMap(({ name }, row) => {
    const [bound, worst] = [cell(block.table!, row, 'bound'), cell(block.table!, row, 'worst')]
    return bound === NOTHING ? [] : [{ label: name, value: worst, remark: `bound ${bound}` }]
  })
  return [{ label: '', value: plural(workers.length, 'worker') }, ...bounded]
}

function cell({ columns, rows }: FactTable, row: number, label: string): string {
  return rows[row]?.cells[columns.findIndex((column) => column.label === label)]?.value ?? NOTHING
}
