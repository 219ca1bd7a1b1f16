/** The exit codes of the process. Printed by `--help`; scripts rely on these numbers. */
export const exitCodes = {
  pass: 0,
  internal: 1,
  usage: 2,
  setup: 3,
  invalid: 4,
  gate: 99,
  interrupted: 130,
} as const

export type ExitName = keyof typeof exitCodes
