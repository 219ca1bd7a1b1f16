import type { Place } from '../rule.js'

/** `name args;` or `name args { block }`. The file itself is the block of a directive called `main`. */
export interface Directive {
  readonly name: string
  readonly args: readonly string[]
  readonly place: Place
  readonly block: readonly Directive[] | null
  readonly parent: Directive | null
}

export function childrenOf({ block }: Directive, name: string): readonly Directive[] {
  return (block ?? []).filter((child) => child.name === name)
}

/**
 * The directives of that name that hold in a block: its own, or if it has none, those of the nearest block around it. This
 * is nginx's rule of inheritance, also for `proxy_set_header` and `add_header`: one of its own replaces all of those around.
 */
export function effective(directive: Directive, name: string): readonly Directive[] {
  const own = childrenOf(directive, name)
  if (own.length > 0 || directive.parent === null) return own
  return effective(directive.parent, name)
}

/** The first argument of the one that holds; undefined if there is none. */
export function effectiveValue(directive: Directive, name: string): string | undefined {
  return effective(directive, name).at(-1)?.args[0]
}

/** A directive and all within it. */
export function* within(directive: Directive): Generator<Directive> {
  yield directive
  for (const child of directive.block ?? []) yield* within(child)
}

/** The nearest block of that name around a directive, or itself. */
export function enclosing(directive: Directive, name: string): Directive | null {
  if (directive.name === name) return directive
  return directive.parent === null ? null : enclosing(directive.parent, name)
}

/** `location /ws/`, as in the file. */
export function titleOf({ name, args }: Directive): string {
  return [name, ...args].join(' ')
}
