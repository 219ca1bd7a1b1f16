import type { TargetPlan } from '../../cluster/external/target-plan.js'
import { fillerStart, isFiller } from '../../protocols/filler.js'
import { sealOf } from '../../protocols/reference.js'
import { emptyTag, readTag, startOfTag, type Tag } from '../../protocols/tag.js'

const repeated = emptyTag()

/**
 * Whether a message of a target has the body that was published: its tag, and the filler that belongs to it. Servers may wrap
 * them in anything, so what stands around them does not matter, but for a letter or digit right behind: then the body was
 * lengthened.
 */
export class Bodies {
  /** The bodies of a user's module are its own. */
  readonly #isChecked: boolean
  /** False: a template has text right behind the payload. */
  readonly #isEndKnown: boolean

  constructor({ protocol }: Pick<TargetPlan, 'protocol'>) {
    this.#isChecked = protocol.kind !== 'module'
    this.#isEndKnown = !/\{payload\}[0-9A-Za-z{]/.test(JSON.stringify(protocol.options))
  }

  /** `end`: where the tag ends in `bytes`. A frame may repeat a payload shortened, as a preview: one that is whole is enough. */
  isIntact(bytes: Buffer, end: number, tag: Readonly<Tag>, sizeBytes: number): boolean {
    if (!this.#isChecked || this.#isIntactAt(bytes, end, tag, sizeBytes)) return true
    for (let next = readTag(bytes, end, repeated); next >= 0; next = readTag(bytes, next, repeated)) {
      if (repeated.publisher !== tag.publisher || repeated.sequence !== tag.sequence) return false
      if (this.#isIntactAt(bytes, next, repeated, sizeBytes)) return true
    }
    return false
  }

  #isIntactAt(bytes: Buffer, end: number, tag: Readonly<Tag>, sizeBytes: number): boolean {
    const fillerEnd = Math.max(end, startOfTag(bytes, end) + sizeBytes)
    if (!isFiller(bytes, end, fillerEnd, fillerStart(sealOf(tag)))) return false
    return !this.#isEndKnown || !isLetterOrDigit(bytes[fillerEnd])
  }
}

function isLetterOrDigit(byte = 0): boolean {
  const lower = byte | 0x20
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a)
}
