import type { ChannelGroupPlan } from '../plan/plan.js'

/** What a channel is called on a target: its group's name, with its number (from 1) where there are several. */
export function channelName(groups: readonly ChannelGroupPlan[], channel: number): string {
  const group = groups.findLast(({ firstChannel }) => firstChannel <= channel)
  if (group === undefined) throw new RangeError(`no channel ${channel}`)
  return group.count === 1 ? group.name : `${group.name}-${channel - group.firstChannel + 1}`
}
