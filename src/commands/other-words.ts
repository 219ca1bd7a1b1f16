/** What other tools call an option of `wsbench run`: k6, Artillery, autocannon, thor, vegeta. */
const meant: Readonly<Record<string, string>> = {
  '--vus': '--clients',
  '-u': '--clients',
  '--users': '--clients',
  '--connections': '--clients',
  '-c': '--clients',
  '--amount': '--clients',
  '-d': '--duration',
  '--time': '--duration',
  '--measure': '--duration',
  '--iterations': '--repeat',
  '--repeats': '--repeat',
  '--runs': '--repeat',
  '--output': '--out json=result.json',
  '-o': '--out json=result.json',
  '--summary-export': '--out json=result.json',
  '--threshold': "--set 'gates+=latency.p99 < 250ms'",
  '--ensure': "--set 'gates+=latency.p99 < 250ms'",
  '--gate': "--set 'gates+=latency.p99 < 250ms'",
  '--event': "--set 'chaos+={ at: 10s, event: node-kill }'",
  '-e': '--set path=value',
  '--env': '--set path=value',
  '--verbose': '--full',
}

/** What an unknown option of `wsbench run` was likely meant to be; undefined: nobody knows. */
export function optionMeant(option: string): string | undefined {
  return Object.hasOwn(meant, option) ? meant[option] : undefined
}
