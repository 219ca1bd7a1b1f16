import { type CompletionNode, quoted } from './tree.js'

/** A script for `source`, or for a directory of fpath as `_wsbench`. */
export function zshCompletion(nodes: readonly CompletionNode[]): string {
  return `#compdef wsbench
# zsh completion of wsbench: source <(wsbench completion zsh)
_wsbench() {
  local path_= previous=\${words[CURRENT-1]} index
  for ((index = 2; index < CURRENT; index++)); do
    case "\${path_:+$path_ }\${words[index]}" in
      ${nodes
        .filter(({ path }) => path !== '')
        .map(({ path }) => `(${quoted(path)})`)
        .join('|')
        .replaceAll(')|(', '|')}) path_="\${path_:+$path_ }\${words[index]}" ;;
    esac
  done
  case "$path_ $previous" in
${nodes.flatMap(valueCases).join('\n')}
  esac
  case "$path_" in
${nodes.map(wordCase).join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _wsbench "$@"; else compdef _wsbench wsbench; fi
`
}

function valueCases({ path, options }: CompletionNode): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ flag, values, isOpen }) => {
      const offered = `compadd ${isOpen ? "-S '' " : ''}-- ${values.map(quoted).join(' ')}`
      const add =
        values.length === 0
          ? '_files'
          : isOpen
            ? `if compset -P '*='; then _files; else ${offered}; fi`
            : offered
      return `    (${quoted(`${path} ${flag}`)}) ${add}; return ;;`
    })
}

function wordCase({ path, words, options, takesFiles }: CompletionNode): string {
  const all = [...words.map(({ text }) => text), ...options.map(({ flag }) => flag)].map(quoted).join(' ')
  return `    (${quoted(path)}) compadd -- ${all}${takesFiles ? '; _files' : ''} ;;`
}
