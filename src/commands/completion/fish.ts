import type { CompletionNode, OptionWords } from './tree.js'

/** A script for `source`, or for ~/.config/fish/completions/wsbench.fish. */
export function fishCompletion(nodes: readonly CompletionNode[]): string {
  return `# fish completion of wsbench: wsbench completion fish | source
function __wsbench_at
  set -l words (commandline -opc | string match -v -- '-*')
  set -e words[1]
  set -l path (string split -n ' ' -- $argv[1])
  test (count $words) -ge (count $path); or return 1
  for index in (seq (count $path))
    test $words[$index] = $path[$index]; or return 1
  end
  # No subcommand of it has been typed yet.
  set -l next (math (count $path) + 1)
  test (count $argv) -eq 1; or not contains -- "$words[$next]" $argv[2..]
end
complete -c wsbench -f
${nodes.flatMap(linesOf(nodes)).join('\n')}
`
}

function linesOf(nodes: readonly CompletionNode[]): (node: CompletionNode) => string[] {
  return ({ path, words, options, takesFiles }) => {
    const children = nodes
      .map((other) => other.path)
      .filter((other) => other !== '' && other.split(' ').slice(0, -1).join(' ') === path)
      .map((other) => other.split(' ').at(-1)!)
    const at = `-n ${quoted(['__wsbench_at', quoted(path), ...children].join(' '))}`
    const files = takesFiles ? [`complete -c wsbench ${at} -F`] : []
    return [
      ...files,
      ...words.map(({ text, about }) => `complete -c wsbench ${at} -a ${quoted(text)}${described(about)}`),
      ...options.map((option) => `complete -c wsbench ${at} ${optionLine(option)}`),
    ]
  }
}

function optionLine({ flag, about, takesValue, values }: OptionWords): string {
  const long = `-l ${flag.replace(/^--/, '')}`
  const value = !takesValue ? '' : values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : ' -r -F'
  return `${long}${value}${described(about)}`
}

function described(about: string): string {
  return about === '' ? '' : ` -d ${quoted(about)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
