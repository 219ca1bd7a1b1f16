import { type Complaint, complaint } from './explain-issue.js'
import type { Scenario } from './schema.js'
import { textsIn } from './texts-in.js'

/** Placeholders of a target and of hooks that nothing would be filled in for: variables that are not set, feeds that are not there. */
export function checkPlaceholders(
  { target, chaos }: Scenario,
  env: Readonly<Record<string, string | undefined>>,
): Complaint[] {
  const ofTarget = textsIn(target, ['target'])
  const variables = [...ofTarget, ...textsIn(chaos, ['chaos'])].flatMap(([path, text]) =>
    [...text.matchAll(/\{env:([^{}]+)\}/g)]
      .filter(([, name]) => env[name!] === undefined)
      .map(([, name]) => complaint(path, `${name} is not set in the environment`, 'a variable that is set')),
  )
  if (target?.feed !== undefined) return variables
  const feeds = ofTarget
    .filter(([, text]) => text.includes('{feed:'))
    .map(([path]) => complaint(path, 'there is no target.feed', 'a feed, or no {feed:…}'))
  return [...variables, ...feeds]
}
