/** Close codes a node uses (RFC 6455 §7.4.1 and the IANA registry). */
export const closeCodes = { goingAway: 1001, policyViolation: 1008, tryAgainLater: 1013 } as const
