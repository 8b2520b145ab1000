import type { BackendName } from '../backend-name.js'

/** What a caller may ask of whichever backend runs. A backend that cannot obey says so in a notice. */
export interface BackendOptions {
  /**
   * Threads to use, 1 or more; an engine that cannot use as many takes the most it can. Defaults to `DUCTUS_THREADS`,
   * else the cores that this process may use.
   */
  threads?: number
  /** Instruction set of `native`. Defaults to `DUCTUS_ISA`, else the best that the CPU has. */
  isa?: 'avx512' | 'avx2' | 'portable'
  /**
   * Whether `auto` looks at graphics processors at all. Defaults to true.
   */
  gpu?: boolean
  /** Bytes of disposed arrays that `native` keeps for reuse at most. Defaults to 1 GiB. Read at the first load. */
  poolLimitBytes?: number
  /** Debugging `native`: fills disposed arrays with NaN. Defaults to `DUCTUS_POISON=1`. Read at the first load. */
  poison?: boolean
}

/** Facts that a ready backend tells of itself. */
export interface Ready {
  ok: true
  /** One line for people: what it is, on how many threads, with which instructions. */
  description: string
  threads?: number
  isa?: string
  notices?: readonly string[]
}

export interface NotReady {
  ok: false
  /** One line: why it can't be had here, and what would change that. */
  reason: string
}

/** A backend that may be had on this machine. */
export interface Candidate {
  readonly name: BackendName
  /** The name under which TensorFlow.js knows it. */
  readonly tensorflowName: string
  /** One line on what it is. */
  readonly summary: string
  /** Why `auto` passes it over; absent when `auto` may pick it. */
  readonly onlyWhenAsked?: string
  /** What a user should know of it before using it; reported whether it is here or not. */
  readonly caveat?: string
  /** Loads and registers it with TensorFlow.js without making it the active one. */
  load(options: BackendOptions): Promise<Ready | NotReady>
}
