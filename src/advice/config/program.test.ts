import { describe, expect, it } from 'vitest'
import { haproxyWords, nginxWords } from './program.js'

describe('what nginx says', () => {
  it('has a place where it names one', () => {
    const output = `2026/12/01 02:45:00 [warn] 6143#6143: load balancing method redefined in /etc/nginx/nginx.conf:3
2026/12/01 02:45:00 [warn] 6143#6143: conflicting server name "x" on 127.0.0.1:18082, ignored
nginx: [emerg] unknown directive "foo" in /etc/nginx/conf.d/a.conf:12
nginx: configuration file /etc/nginx/nginx.conf test failed`
    expect(nginxWords(output)).toEqual([
      {
        severity: 'warning',
        found: 'load balancing method redefined',
        place: { file: '/etc/nginx/nginx.conf', line: 3 },
      },
      { severity: 'warning', found: 'conflicting server name "x" on 127.0.0.1:18082, ignored', place: null },
      {
        severity: 'error',
        found: 'unknown directive "foo"',
        place: { file: '/etc/nginx/conf.d/a.conf', line: 12 },
      },
    ])
  })

  it('is left out where it is about the user', () => {
    const output = `nginx: [alert] could not open error log file: open() "/var/log/nginx/error.log" failed (13: Permission denied)
2026/12/01 02:45:00 [warn] 7#7: the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:1
2026/12/01 02:45:00 [emerg] 7#7: open() "/run/nginx.pid" failed (13: Permission denied)`
    expect(nginxWords(output)).toEqual([])
  })
})

it('what HAProxy says has a place where it names one', () => {
  const output = `[NOTICE]   (6137) : haproxy version is 2.6.12-1+deb12u4
[WARNING]  (6137) : config : parsing [a.cfg:12] : 'timeout client' will be ignored because backend 'b' has no frontend capability
[WARNING]  (6137) : config : missing timeouts for backend 'b'.
   | While not properly invalid, you will certainly encounter various problems
   | with such a configuration.
[ALERT]    (6137) : config : parsing [b.cfg:3] : unknown keyword 'foo' in 'global' section
[ALERT]    (6137) : config : Error(s) found in configuration file : b.cfg
[ALERT]    (6137) : config : Fatal errors found in configuration.`
  expect(haproxyWords(output)).toEqual([
    {
      severity: 'warning',
      found: "'timeout client' will be ignored because backend 'b' has no frontend capability",
      place: { file: 'a.cfg', line: 12 },
    },
    {
      severity: 'warning',
      found:
        "missing timeouts for backend 'b'. While not properly invalid, you will certainly encounter various problems with such a configuration.",
      place: null,
    },
    {
      severity: 'error',
      found: "unknown keyword 'foo' in 'global' section",
      place: { file: 'b.cfg', line: 3 },
    },
  ])
})
