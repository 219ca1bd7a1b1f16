import { formatCount } from '../../base/format.js'

/** GitHub takes 1 MiB a step summary; a comment of a pull request takes 65,536 characters. */
const MOST_BYTES = 60_000

/** Sections are cut at their end only. */
export type Lines = readonly string[]

/** Sections with a blank line between them; if they are too long, the longest are cut, each to the same length. */
export function fitted(sections: readonly Lines[]): string {
  const some = sections.filter((lines) => lines.length > 0)
  const shortestFirst = some.toSorted((one, other) => bytesOf(one) - bytesOf(other))
  const kept = new Map<Lines, Lines>()
  let room = MOST_BYTES
  for (const [index, lines] of shortestFirst.entries()) {
    const fit = cut(lines, Math.floor(room / (shortestFirst.length - index)) - 1)
    kept.set(lines, fit)
    room -= bytesOf(fit) + 1
  }
  return some.map((lines) => `${kept.get(lines)!.join('\n')}\n`).join('\n')
}

function cut(lines: Lines, most: number): Lines {
  if (bytesOf(lines) <= most) return lines
  const note = (left: number) => [
    '',
    `*and ${formatCount(left)} more lines: the JSON report has all of them*`,
  ]
  let room = most - bytesOf(note(lines.length))
  const end = lines.findIndex((line) => {
    room -= bytesOf([line])
    return room < 0
  })
  return [...lines.slice(0, end), ...note(lines.length - end)]
}

/** Including line ends. */
function bytesOf(lines: Lines): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
}
