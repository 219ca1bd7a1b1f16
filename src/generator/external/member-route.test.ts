import { expect, it } from 'vitest'
import { samplePlan } from '../../results/testing/sample-plan.js'
import { Ledger } from '../ledger.js'
import type { WorkerContext } from '../worker-context.js'
import { MemberRoute, memberOf } from './member-route.js'
import type { Member, TargetConnection } from './target-connection.js'

it('numbers the messages of one connection over all its channels', () => {
  const sent: number[] = []
  const connection = {
    members: [] as Member[],
    isReady: true,
    publish: ({ sequence }: { sequence: number }) => sent.push(sequence) > 0,
  } as unknown as TargetConnection
  const context = { plan: samplePlan() } as WorkerContext
  const [one, other] = [0, 1].map(
    (index) => new MemberRoute(context, connection, index, 64, new Ledger(index, 4)),
  ) as [MemberRoute, MemberRoute]
  const header = { run: 1, publisher: 0, channel: 0, plannedMicros: 1, sentMicros: 1 }
  for (const sequence of [1, 2]) for (const route of [one, other]) route.send({ ...header, sequence })
  expect(sent).toEqual([1, 2, 3, 4])
  expect(sent.map((number) => memberOf(connection, number))).toEqual([
    { member: one, sequence: 1 },
    { member: other, sequence: 1 },
    { member: one, sequence: 2 },
    { member: other, sequence: 2 },
  ])
})

it('knows no member on a connection that has none', () => {
  expect(memberOf({ members: [] as Member[] } as TargetConnection, 1)).toBeNull()
})
