/** For each rule: where it applies, with the line that it names, and the same file mended. Both are accepted by the program. */
export interface RuleCase {
  readonly fires: string
  readonly line: number
  readonly quiet: string
}

const upgrade = `      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_read_timeout 1h;
`

interface Parts {
  readonly top?: string
  readonly events?: string
  readonly upstream?: string
  readonly server?: string
  readonly location?: string
}

/** A whole nginx.conf with nothing to complain about, except in the given parts. */
function nginxConf(parts: Parts): string {
  const {
    top = '',
    events = 'worker_connections 32768;',
    upstream = '',
    server = '',
    location = upgrade,
  } = parts
  return `worker_rlimit_nofile 65536;
${top}
events { ${events} }
http {
  upstream nodes {
    ${upstream}
    server 127.0.0.1:9001;
    server 127.0.0.1:9002;
  }
  server {
    listen 18099;
    ${server}
    location /ws {
      proxy_pass http://nodes;
${location}
    }
  }
}
`
}

export const nginxCases: Readonly<Record<string, RuleCase>> = {
  'upgrade-headers': {
    fires: nginxConf({ location: '      proxy_set_header Host $host;' }),
    line: 13,
    quiet: nginxConf({}),
  },
  'read-timeout': {
    fires: nginxConf({ location: upgrade.replace('1h', '30s') }),
    line: 18,
    quiet: nginxConf({ location: upgrade.replace('1h', '15m') }),
  },
  'ip-hash-behind-proxy': {
    fires: nginxConf({
      upstream: 'ip_hash;',
      location: `${upgrade}proxy_set_header X-Real-IP $http_x_real_ip;`,
    }),
    line: 6,
    quiet: nginxConf({
      upstream: 'ip_hash;',
      server: 'set_real_ip_from 10.0.0.0/8; real_ip_header X-Real-IP;',
      location: `${upgrade}proxy_set_header X-Real-IP $http_x_real_ip;`,
    }),
  },
  'hash-remaps': {
    fires: nginxConf({ upstream: 'hash $arg_id;' }),
    line: 6,
    quiet: nginxConf({ upstream: 'hash $arg_id consistent;' }),
  },
  'cookie-not-on-101': {
    fires: nginxConf({ location: `${upgrade}add_header Set-Cookie "node=a; Path=/";` }),
    line: 19,
    quiet: nginxConf({ location: `${upgrade}add_header Set-Cookie "node=a; Path=/" always;` }),
  },
  'shutdown-timeout': {
    fires: nginxConf({ top: 'worker_shutdown_timeout 10s;' }),
    line: 2,
    quiet: nginxConf({ top: 'worker_shutdown_timeout 4h;' }),
  },
  'worker-connections': {
    fires: nginxConf({ events: 'worker_connections 768;' }),
    line: 3,
    quiet: nginxConf({}),
  },
}

interface HaproxyParts {
  readonly global?: string
  readonly defaults?: string
  readonly frontend?: string
  readonly backend?: string
  readonly server?: string
}

/** A whole haproxy.cfg with nothing to complain about, except in the given parts. */
function haproxyCfg(parts: HaproxyParts): string {
  const { global = '', defaults = 'mode http', frontend = '', backend = '', server = '' } = parts
  return `global
  maxconn 1000
  ${global}
defaults
  ${defaults}
  option redispatch 1
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
  timeout client-fin 30s
frontend clients
  bind :18098
  ${frontend}
  default_backend nodes
backend nodes
  ${backend}
  server n1 127.0.0.1:9001 cookie n1 check ${server}
  server n2 127.0.0.1:9002 cookie n2 check ${server}
`.replaceAll(/ cookie n\d/g, (words) => (backend.startsWith('cookie') ? words : ''))
}

const cookie = 'cookie node insert indirect nocache'

export const haproxyCases: Readonly<Record<string, RuleCase>> = {
  'cookie-needs-http': {
    fires: haproxyCfg({ defaults: 'mode tcp', backend: cookie }),
    line: 17,
    quiet: haproxyCfg({ backend: cookie }),
  },
  'timeout-in-wrong-section': {
    fires: haproxyCfg({ backend: 'timeout client 1h' }),
    line: 17,
    quiet: haproxyCfg({ backend: 'timeout server 1h' }),
  },
  'tunnel-timeout': {
    fires: haproxyCfg({ backend: 'timeout tunnel 20s' }),
    line: 17,
    quiet: haproxyCfg({ backend: 'timeout tunnel 30m' }),
  },
  'slow-redispatch': {
    fires: haproxyCfg({ backend: `${cookie}\n  option redispatch` }),
    line: 17,
    quiet: haproxyCfg({ backend: cookie }),
  },
  'source-behind-proxy': {
    fires: haproxyCfg({
      backend: 'balance source\n  hash-type consistent',
      server: 'weight 100',
      frontend: 'acl office req.hdr_ip(x-forwarded-for) 10.0.0.0/8',
    }),
    line: 17,
    quiet: haproxyCfg({
      backend: 'balance hdr(x-forwarded-for)\n  hash-type consistent',
      server: 'weight 100',
      frontend: 'acl office req.hdr_ip(x-forwarded-for) 10.0.0.0/8',
    }),
  },
  'hash-remaps': {
    fires: haproxyCfg({ backend: 'balance url_param id', server: 'weight 100' }),
    line: 17,
    quiet: haproxyCfg({ backend: 'balance url_param id\n  hash-type consistent', server: 'weight 100' }),
  },
  'uneven-ring': {
    fires: haproxyCfg({ backend: 'balance url_param id\n  hash-type consistent' }),
    line: 19,
    quiet: haproxyCfg({
      backend: 'balance url_param id\n  hash-type consistent\n  default-server weight 100',
    }),
  },
  'no-check': {
    fires: haproxyCfg({}).replaceAll(' check', ''),
    line: 18,
    quiet: haproxyCfg({}),
  },
  'shutdown-sessions': {
    fires: haproxyCfg({ backend: 'default-server on-marked-down shutdown-sessions' }),
    line: 17,
    quiet: haproxyCfg({}),
  },
  'hard-stop': {
    fires: haproxyCfg({ global: 'hard-stop-after 30s' }),
    line: 3,
    quiet: haproxyCfg({ global: 'hard-stop-after 4h' }),
  },
  'client-fin-timeout': {
    fires: haproxyCfg({}).replace('  timeout client-fin 30s\n', ''),
    line: 11,
    quiet: haproxyCfg({}),
  },
}
