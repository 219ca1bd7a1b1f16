/** The codes of RFC 6455 §7.4.1 that this client uses itself. */
export const closeCodes = {
  normal: 1000,
  protocolError: 1002,
  /** Never sent: the peer's Close carried no code. */
  noStatus: 1005,
  /** Never sent: the connection ended without a Close. */
  abnormal: 1006,
  /** Text that is not UTF-8, or a message that can't be inflated. */
  invalidPayload: 1007,
  tooBig: 1009,
} as const

/** Whether a Close frame may contain `code`: the registered codes, and 3000 – 4999. */
export function isSendableCode(code: number): boolean {
  if (code >= 3000) return code <= 4999
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006
}

/** A connection that ends with it was not refused: done, going away, or no word of a reason. */
export function isOrdinaryCode(code: number): boolean {
  return code === 1000 || code === 1001 || code === closeCodes.noStatus || code === closeCodes.abnormal
}
