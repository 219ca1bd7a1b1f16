interface Settable {
  set(values: ArrayLike<number>): void
}

/** `longer`, which now begins with `values`: how a typed array grows. */
export function extended<Values extends Settable>(values: ArrayLike<number>, longer: Values): Values {
  longer.set(values)
  return longer
}
