/** The end of waits that are in vain, so longer than anything takes on a machine that others keep busy. */
export const PATIENCE_MS = 120_000
