import type { ChannelGroupPlan } from '../plan/plan.js'

/** Name of a channel on a target: the group's name, followed by a number (from 1) if the group has several channels. */
export function channelName(groups: readonly ChannelGroupPlan[], channel: number): string {
  const group = groups.findLast(({ firstChannel }) => firstChannel <= channel)
  if (group === undefined) throw new RangeError(`no channel ${channel}`)
  return group.count === 1 ? group.name : `${group.name}-${channel - group.firstChannel + 1}`
}
