/** What the planner must know of the machine. Read once, at the edge; a test writes one by hand. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly cores: number
  readonly memoryBytes: number
  /** Open files a process may have: the hard limit, which Node raises its soft limit to. */
  readonly descriptors: number
  /** Local ports one source address may use. */
  readonly ephemeralPorts: number
  /** Whether any 127.a.b.c can be bound without set-up (Linux). */
  readonly hasLoopbackRange: boolean
  /** Of all its interfaces. */
  readonly addresses: readonly string[]
  readonly kernel: KernelLimits
  /** Absolute paths of what was found on PATH. */
  readonly binaries: {
    readonly nginx: string | null
    readonly haproxy: string | null
    readonly redis: string | null
    readonly nats: string | null
    readonly docker: string | null
  }
}

/** What the kernel allows all processes together. Null: this system doesn't tell, or has no such limit. */
export interface KernelLimits {
  /** fs.file-max, and fs.file-nr. */
  readonly openFiles: Allowance | null
  /** fs.nr_open: the most that a process's limit can be raised to. */
  readonly descriptorCeiling: number | null
  /** net.core.somaxconn. */
  readonly listenQueue: number | null
  /** net.netfilter.nf_conntrack_max, and how many are tracked. */
  readonly conntrack: Allowance | null
  /** Processes and threads: the limit that leaves the fewest. */
  readonly tasks: (Allowance & { readonly limitedBy: TaskLimit }) | null
  /** The most of net.ipv4.tcp_mem. */
  readonly tcpMemoryBytes: number | null
  /** Memory that could be had now without swapping, as the machine's and the cgroup's limits leave it. */
  readonly availableBytes: number | null
}

export type TaskLimit = 'kernel.pid_max' | 'kernel.threads-max' | 'ulimit -u' | 'pids.max'

export interface Allowance {
  readonly most: number
  readonly used: number
}
