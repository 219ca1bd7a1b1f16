import { basename } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** A minute or more each. Of a fresh clone vitest knows sizes only, and would begin the bundled scenarios' small files last. */
const longest = ['events', 'affinity', 'bundled', 'chaos', 'playbook', 'bridges', 'drain']

/** Begins each group with its longest files, so that at its end none runs on alone. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => groupOf(one) - groupOf(other) || placeOf(one) - placeOf(other))
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = longest.indexOf(basename(moduleId, '.test.ts'))
  return place === -1 ? longest.length : place
}
