/** Everything that can happen to this process; the machine never asks, it is told. */
export type LifecycleEvent =
  | { type: 'server.listening' }
  | { type: 'schema.ready' }
  | { type: 'lock.gained' }
  | { type: 'lock.lost' }
  | { type: 'database.lost' }
  | { type: 'database.back' }
  | { type: 'signal.received' }
  | { type: 'drain.finished' }

/** What each event means, for charts and logs. */
export const LIFECYCLE_EVENTS: Readonly<Record<LifecycleEvent['type'], string>> = {
  'server.listening': 'The port is bound: /health answers from here on.',
  'schema.ready': 'PostgreSQL answers and every migration has run.',
  'lock.gained': 'This instance is the elected one.',
  'lock.lost': 'Another instance may be elected now.',
  'database.lost': 'PostgreSQL gives no answer.',
  'database.back': 'PostgreSQL answers again.',
  'signal.received': 'The host asks the process to end.',
  'drain.finished': 'Intake has stopped and everything in hand is finished or parked.',
}
