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
  /** Absolute paths of what was found on PATH. */
  readonly binaries: {
    readonly nginx: string | null
    readonly haproxy: string | null
    readonly redis: string | null
    readonly nats: string | null
  }
}
