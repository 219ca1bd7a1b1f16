import { type CompletionNode, quoted } from './tree.js'

/** A script for `source`, or for bash-completion's directory. */
export function bashCompletion(nodes: readonly CompletionNode[]): string {
  return `# bash completion of wsbench: source <(wsbench completion bash)
_wsbench() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= index word
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case "\${path:+$path }$word" in
      ${paths(nodes).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  # = separates words: what follows it is a file or a quantity.
  if [[ $current == = ]]; then current=; previous==; fi
  if [[ $previous == = ]]; then COMPREPLY=($(compgen -f -- "$current")); return; fi
  case "$path $previous" in
${valueCases(nodes)}
  esac
  case "$path" in
${nodes.map(wordCase).join('\n')}
  esac
}
complete -F _wsbench wsbench
`
}

function paths(nodes: readonly CompletionNode[]): string[] {
  return nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
}

function valueCases(nodes: readonly CompletionNode[]): string {
  return nodes
    .flatMap(({ path, options }) =>
      options
        .filter(({ takesValue }) => takesValue)
        .map(({ flag, values, isOpen }) => {
          const from = values.length > 0 ? `-W ${quoted(values.join(' '))}` : '-f'
          const more = isOpen ? ' compopt -o nospace 2>/dev/null;' : ''
          return `    ${quoted(`${path} ${flag}`)}) COMPREPLY=($(compgen ${from} -- "$current"));${more} return ;;`
        }),
    )
    .join('\n')
}

function wordCase({ path, words, options, takesFiles }: CompletionNode): string {
  const all = [...words.map(({ text }) => text), ...options.map(({ flag }) => flag)].join(' ')
  const files = takesFiles ? ' -f' : ''
  return `    ${quoted(path)}) COMPREPLY=($(compgen${files} -W ${quoted(all)} -- "$current")) ;;`
}
