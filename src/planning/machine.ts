/** What the planner needs to know about a machine. Read once by the command; tests construct their own. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly cores: number
  readonly memoryBytes: number
  /** Open files per process: the hard limit. Node.js raises its soft limit to it. */
  readonly descriptors: number
  /** Number of local ports per source address. */
  readonly ephemeralPorts: number
  /** Whether any 127.a.b.c can be bound without configuration (Linux). */
  readonly hasLoopbackRange: boolean
  /** Addresses of all interfaces. */
  readonly addresses: readonly string[]
  readonly kernel: KernelLimits
  /** Absolute paths of the programs found on PATH. */
  readonly binaries: {
    readonly nginx: string | null
    readonly haproxy: string | null
    readonly caddy: string | null
    readonly apache: string | null
    readonly redis: string | null
    readonly nats: string | null
    readonly docker: string | null
  }
  /** Whether an embedded part may stand in for a program that is missing; one that a scenario names is no stand-in. */
  readonly allowsStandIns: boolean
}

/** Limits of the kernel for all processes together. Null: the limit can't be read, or does not exist. */
export interface KernelLimits {
  /** fs.file-max and fs.file-nr. */
  readonly openFiles: Allowance | null
  /** fs.nr_open: the highest possible limit of a process. */
  readonly descriptorCeiling: number | null
  /** net.core.somaxconn. */
  readonly listenQueue: number | null
  /** net.netfilter.nf_conntrack_max, and the number of entries. */
  readonly conntrack: Allowance | null
  /** Processes and threads: the limit that leaves the fewest free. */
  readonly tasks: (Allowance & { readonly limitedBy: TaskLimit }) | null
  /** The maximum in net.ipv4.tcp_mem. */
  readonly tcpMemoryBytes: number | null
  /** Memory available now without swapping, within the limits of the machine and the cgroup. */
  readonly availableBytes: number | null
}

export type TaskLimit = 'kernel.pid_max' | 'kernel.threads-max' | 'ulimit -u' | 'pids.max'

export interface Allowance {
  readonly most: number
  readonly used: number
}
