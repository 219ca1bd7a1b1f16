import type { ExpectedResult } from './expected-result.js'
import type { SelftestSize } from './plan.js'

/** init → ready · begin · finish → expected */
export type ToFaultyServer =
  | { readonly type: 'init'; readonly size: SelftestSize; readonly seed: number }
  /** The measure phase starts at `measureMicros`. */
  | { readonly type: 'begin'; readonly measureMicros: number }
  | { readonly type: 'finish' }

export type FromFaultyServer =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'expected'; readonly expected: ExpectedResult }
