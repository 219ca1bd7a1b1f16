import { bashCompletion } from './bash.js'
import { fishCompletion } from './fish.js'
import type { CompletionNode } from './tree.js'
import { zshCompletion } from './zsh.js'

/** The script of each shell. */
export const shells: Readonly<Record<string, (nodes: readonly CompletionNode[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}
