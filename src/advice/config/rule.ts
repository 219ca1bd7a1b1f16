/** Where something stands in a configuration; lines count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** One place where a rule applies. */
export interface Evidence {
  readonly place: Place
  /** What stands there, or is missing there. */
  readonly found: string
  /** Lines to write, each with the section or block that it belongs to; none if something is to be removed. */
  readonly lines: readonly string[]
}

/** What the configuration alone does not say. */
export interface Surroundings {
  /** The longest time without any message on a healthy connection; null: unknown. */
  readonly heartbeatMs: number | null
  /** Of the program that reads the configuration here; null: it is not installed. */
  readonly version: string | null
}

/** Contract of a rule about what the program accepts, and sockets suffer from. */
export interface ConfigRule<Config> {
  readonly name: string
  /** What happens to sockets. */
  readonly explanation: string
  /** What to change. */
  readonly change: string
  /** A wsbench command that shows it; `your-chat.yaml` is a scenario with `target:`. */
  readonly experiment: string
  /** Warnings of the program that say the same, so that it is said once. */
  readonly covers?: RegExp
  readonly evidence: (config: Config, surroundings: Surroundings) => readonly Evidence[]
}

/** A rule that applies, or what the program itself says. */
export interface Advice extends Omit<Evidence, 'place'> {
  /** Null if the program names none. */
  readonly place: Place | null
  /** Null for what the program says, as are all fields below. */
  readonly rule: string | null
  readonly severity: 'error' | 'warning'
  readonly explanation: string | null
  readonly change: string | null
  readonly experiment: string | null
}
