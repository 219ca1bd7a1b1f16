/** Frame types of RFC 6455 §5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Control frames: at most 125 bytes, never fragmented, allowed between the fragments of a message. */
export function isControl(opcode: number): boolean {
  return opcode >= opcodes.close
}
