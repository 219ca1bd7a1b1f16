/** A broker that answers no ping for so long is given up, though its sockets are open: frozen, or cut off. */
export const BROKER_PATIENCE_MS = 10_000
