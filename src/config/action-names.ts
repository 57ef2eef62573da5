/** What operators may do in the console, by the names that CONSOLE_ACTIONS takes. */
export const ACTION_NAMES = [
  'job.redeliver',
  'job.reconcile',
  'job.refund',
  'letter.replay',
  'user.reveal',
] as const

export type ActionName = (typeof ACTION_NAMES)[number]
